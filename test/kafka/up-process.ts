import { spawn } from "node:child_process"
import { bin, root, until } from "../input/program.ts"

/** `millrace up` as it comes, whether or not it comes up. */
export interface UpProcess {
  /** What it said on standard error so far. */
  readonly errors: () => string
  /** Waits until it says so. */
  readonly isUp: () => Promise<unknown>
  /** Its exit code; waits for the end. */
  readonly ended: () => Promise<number>
  readonly signal: (name: NodeJS.Signals) => void
}

export const startUp = (
  args: readonly string[],
  variables: { readonly [name: string]: string } = {}
): UpProcess => {
  const child = spawn(process.execPath, [bin, "up", "--port", "0", ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1", ...variables },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let text = ""
  let errors = ""
  let exit: number | undefined
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk))
  child.once("close", (code) => (exit = code ?? -1))
  const isEnded = () => exit !== undefined
  return {
    errors: () => errors,
    isUp: () =>
      until(
        () => (isEnded() ? Promise.reject(new Error(`up ended: ${errors}`)) : text + errors),
        (said) => said.includes("millrace is up on"),
        200
      ),
    ended: async () => {
      await until(isEnded, (is) => is, 200)
      return exit ?? -1
    },
    signal: (name) => {
      if (!isEnded()) child.kill(name)
    }
  }
}
