import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { delimiter, dirname } from "node:path"
import { createInterface } from "node:readline"
import { root } from "../house/floors.ts"

// Commands as an author types them, in folders and with settings that know nothing of this repository.

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly milliseconds: number
}

export interface Shell {
  /** Runs a command to its end; rejects with all that it printed when it fails. */
  readonly run: (folder: string, command: string, args: readonly string[]) => Promise<Ran>
  /** Starts a command that stays. */
  readonly start: (folder: string, command: string, args: readonly string[]) => Staying
}

export interface Staying {
  /** Answers the first line from now on (or seen already) for which `wanted` answers something. */
  readonly line: <A>(wanted: (line: string) => A | undefined) => Promise<A>
  readonly stop: () => Promise<void>
}

/** A shell in which Node is the one that runs us, and the repository's programs are out of reach. */
export const makeShell = (environment: NodeJS.ProcessEnv): Shell => {
  const reachable = (environment["PATH"] ?? "").split(delimiter).filter((path) => !path.startsWith(root))
  const env = {
    ...environment,
    PATH: [dirname(process.execPath), ...reachable].join(delimiter),
    NO_COLOR: "1",
    NODE_COMPILE_CACHE: undefined
  }
  const open = (cwd: string, command: string, args: readonly string[]) =>
    spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true })
  return {
    run: (folder, command, args) => ended(open(folder, command, args), `${command} ${args.join(" ")}`),
    start: (folder, command, args) => staying(open(folder, command, args), `${command} ${args.join(" ")}`)
  }
}

const ended = (child: ChildProcess, name: string): Promise<Ran> =>
  new Promise((done, refuse) => {
    const started = performance.now()
    let stdout = ""
    let stderr = ""
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text))
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    child.on("error", refuse)
    child.on("close", (code) => {
      const milliseconds = performance.now() - started
      if (code === 0) done({ stdout, stderr, milliseconds })
      else refuse(new Error(`${name} ended with ${code}\n${stdout}${stderr}`))
    })
  })

const staying = (child: ChildProcess, name: string): Staying => {
  const seen: string[] = []
  let errors = ""
  let look: () => void = () => undefined
  let isOver = false
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text))
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on("line", (line) => {
      seen.push(line)
      look()
    })
  const over = new Promise<void>((done) => {
    child.on("close", () => {
      isOver = true
      look()
      done()
    })
  })
  let at = 0
  return {
    line: (wanted) =>
      new Promise((done, refuse) => {
        look = () => {
          while (at < seen.length) {
            const answer = wanted(seen[at++] ?? "")
            if (answer !== undefined) return done(answer)
          }
          if (isOver) refuse(new Error(`${name} ended\n${seen.join("\n")}\n${errors}`))
        }
        look()
      }),
    stop: async () => {
      // npm and npx stand between: the whole group that we started is asked to end.
      if (!isOver && child.pid !== undefined) process.kill(-child.pid, "SIGTERM")
      await over
    }
  }
}
