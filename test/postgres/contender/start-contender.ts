import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"

/** A process that contends for leading, and what it said. */
export interface Contender extends AsyncDisposable {
  /** Answers when it has told a line, now or before. */
  readonly told: (line: string) => Promise<void>
  /** Gives it a line to obey; answers what it told of it. */
  readonly ask: (line: string) => Promise<string>
  readonly say: (line: string) => void
  readonly kill: (signal: NodeJS.Signals) => void
}

export const startContender = async (database: string, url: string): Promise<Contender> => {
  const program = join(import.meta.dirname, "contender.ts")
  const child = spawn(process.execPath, [program, database, url], { stdio: ["pipe", "pipe", "inherit"] })
  const said: string[] = []
  const waiting = new Set<() => void>()
  let rest = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n")
    rest = lines.pop() ?? ""
    said.push(...lines)
    for (const wake of waiting) wake()
  })
  const found = (look: () => string | undefined): Promise<string> =>
    new Promise((resolve) => {
      const check = () => {
        const line = look()
        if (line === undefined) return
        waiting.delete(check)
        resolve(line)
      }
      waiting.add(check)
      check()
    })
  const say = (line: string): void => void child.stdin.write(`${line}\n`)
  return {
    told: async (line) => void (await found(() => said.find((each) => each === line))),
    ask: (line) => {
      const before = said.length
      say(line)
      return found(() => said.slice(before).find((each) => /^(?:written|refused) /.test(each)))
    },
    say,
    kill: (signal) => void child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      await ended
    }
  }
}
