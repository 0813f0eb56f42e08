import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { bin, root, until } from "../input/program.ts"
import type { Platform } from "../input/program.ts"

export interface StartedWorker {
  readonly pid: number
  readonly ended: () => boolean
}

export interface StartWorkerOptions {
  readonly folder: string
  /** Default: the operator's, of the platform's folder. */
  readonly token?: string
  /** More flags of `worker`. */
  readonly flags?: readonly string[]
  /** A program and its arguments that the worker is started by; default: none. */
  readonly wrapper?: readonly string[]
}

/** `millrace worker`, once it has said that it works. */
export const startWorker = async (
  platform: Platform,
  { flags = [], folder, token, wrapper = [] }: StartWorkerOptions
): Promise<StartedWorker> => {
  const own = [process.execPath, bin, "worker", "--url", platform.url, "--folder", folder, "--json", ...flags]
  const [program = process.execPath, ...args] = [...wrapper, ...own]
  const child = spawn(program, args, {
    cwd: root,
    env: {
      ...process.env,
      MILLRACE_TOKEN: token ?? readFileSync(join(platform.data, "token"), "utf8").trim()
    },
    stdio: ["ignore", "pipe", "inherit"]
  })
  let text = ""
  let ended = false
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")))
  child.once("exit", () => (ended = true))
  await until(
    () => (ended ? Promise.reject(new Error("the worker ended")) : text),
    (said) => said.includes("\n")
  )
  const { pid }: { pid: number } = JSON.parse(text)
  return { pid, ended: () => ended }
}
