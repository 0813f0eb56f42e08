import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root, until } from "../input/program.ts"

const main = join(root, "runtime/src/main/main.ts")

// `millrace dev --json` as an author runs it, in a folder of its own outside any project.

export interface DevEvent {
  readonly event: string
  readonly [name: string]: unknown
}

export interface Dev {
  readonly events: readonly DevEvent[]
  /** The first event after the mark that is as wanted; rejects with all that was said when the program ends before. */
  readonly next: (event: string, wanted?: (event: DevEvent) => boolean) => Promise<DevEvent>
  /** Events before now no longer count. */
  readonly mark: () => void
  readonly kill: (signal: NodeJS.Signals) => Promise<number>
  readonly errors: () => string
}

export interface Author {
  readonly folder: string
  readonly write: (name: string, text: string) => void
  readonly dev: (...args: readonly string[]) => Dev
  readonly remove: () => Promise<void>
}

/** An author's folder. */
export const author = (): Author => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-dev-"))
  const running: Dev[] = []
  return {
    folder,
    write: (name, text) => {
      mkdirSync(join(folder, name, ".."), { recursive: true })
      writeFileSync(join(folder, name), text)
    },
    dev: (...args) => {
      const dev = startDev(folder, args)
      running.push(dev)
      return dev
    },
    remove: async () => {
      for (const dev of running) await dev.kill("SIGKILL")
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

const startDev = (folder: string, args: readonly string[]): Dev => {
  const child = spawn(process.execPath, ["--no-node-snapshot", main, "dev", ...args, "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" }
  })
  const events: DevEvent[] = []
  let rest = ""
  let errors = ""
  let marked = 0
  child.stdout.on("data", (data: Buffer) => {
    const lines = (rest + data.toString("utf8")).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) events.push(JSON.parse(line))
  })
  child.stderr.on("data", (data: Buffer) => (errors += data.toString("utf8")))
  const ended = exitOf(child)
  let exit: number | undefined
  void ended.then((code) => (exit = code))
  return {
    events,
    errors: () => errors,
    mark: () => (marked = events.length),
    next: (event, wanted = () => true) =>
      until(
        () => {
          const found = events.slice(marked).find((each) => each.event === event && wanted(each))
          if (found === undefined && exit !== undefined)
            return Promise.reject(
              new Error(
                `ended with ${exit}: ${errors}\n${events.map((each) => JSON.stringify(each)).join("\n")}`
              )
            )
          return found
        },
        (found) => found !== undefined
      ).then((found) => found ?? { event: "none" }),
    kill: (signal) => {
      if (exit === undefined) child.kill(signal)
      return ended
    }
  }
}

const exitOf = (child: ChildProcess): Promise<number> =>
  new Promise((done) => child.on("close", (code, signal) => done(code ?? (signal === "SIGKILL" ? 137 : 1))))
