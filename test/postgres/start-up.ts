import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { root, until } from "../input/program.ts"

/** `millrace up` over a database, which may have to wait before it is up. */
export interface Starting extends AsyncDisposable {
  readonly pid: number
  /** Where it is up, once it is. */
  readonly up: () => Promise<string>
  /** Where it stands by, once it does. */
  readonly standsBy: () => Promise<string>
  /** A request with the operator's token of its data folder. */
  readonly call: (url: string, method?: string, body?: unknown) => Promise<Answer>
  /** Its exit code, once it has ended. */
  readonly ended: () => Promise<number | null>
  readonly kill: (signal: NodeJS.Signals) => void
  /** All that it printed. */
  readonly said: () => string
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/** What `millrace` goes on as: a kill is to reach the platform itself, not what started it. */
const program = join(root, "runtime/src/main/main.ts")

/** Starts `millrace up` on any free port, with the database's address in the environment as a service has it. */
export const startUp = (data: string, database: string, flags: readonly string[] = []): Starting => {
  const args = [program, "up", "--json", "--port", "0", "--data", data, ...flags]
  const child = spawn(process.execPath, ["--no-node-snapshot", ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1", MILLRACE_DATABASE: database },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let said = ""
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text))
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const found = async (pattern: RegExp): Promise<string> => {
    const look = () => pattern.exec(said)?.[1]
    const word = await until(look, (match) => match !== undefined || hasEnded())
    if (word === undefined) throw new Error(`it ended: ${said}`)
    return word
  }
  return {
    pid: child.pid ?? 0,
    up: () => found(/"url":"([^"]+)"/),
    standsBy: () => found(/stands by on (\S+):/),
    call: async (url, method = "GET", body) => {
      const token = readFileSync(join(data, "token"), "utf8").trim()
      const reply = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      return { status: reply.status, text: await reply.text() }
    },
    ended: async () => {
      if (!hasEnded()) await once(child, "exit")
      return child.exitCode
    },
    kill: (signal) => void child.kill(signal),
    said: () => said,
    [Symbol.asyncDispose]: async () => {
      if (hasEnded()) return
      const exit = once(child, "exit")
      child.kill("SIGKILL")
      await exit
    }
  }
}
