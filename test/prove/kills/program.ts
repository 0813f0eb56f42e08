import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

const root = resolve(import.meta.dirname, "../../..")
const main = join(root, "runtime/src/main/main.ts")
const nodeFlags = ["--no-node-snapshot", "--disable-warning=ExperimentalWarning"]
const pollMs = 20
/** Longest time that anything in a proof may take that is not waiting for the load itself. */
const patienceMs = 120_000

/** Runs of the real program, in a process of their own each. */
export interface ProgramOptions {
  /** Preloaded modules: a seeded bug. */
  readonly imports: readonly string[]
  readonly variables: { readonly [name: string]: string }
}
export const asItIs: ProgramOptions = { imports: [], variables: {} }

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
  readonly errors: string
}

/** A started program. What it prints is kept. */
export class Program {
  readonly ended: Promise<Ended>
  output = ""
  errors = ""
  isEnded = false
  private readonly child: ChildProcess

  constructor(args: readonly string[], { imports, variables }: ProgramOptions) {
    const flags = [...nodeFlags, ...imports.flatMap((path) => ["--import", path])]
    this.child = spawn(process.execPath, [...flags, main, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...variables }
    })
    this.child.stdout?.on("data", (chunk: Buffer) => (this.output += chunk.toString("utf8")))
    this.child.stderr?.on("data", (chunk: Buffer) => (this.errors += chunk.toString("utf8")))
    this.ended = new Promise((answer) => {
      this.child.on("close", (code, signal) => {
        this.isEnded = true
        answer({ code, signal, output: this.output, errors: this.errors })
      })
    })
  }

  get pid(): number {
    return this.child.pid ?? -1
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  /** True once `isTrue` is; false when the process has ended, or time is up, before that. */
  async until(isTrue: () => boolean, withinMs = patienceMs): Promise<boolean> {
    for (let waited = 0; waited < withinMs; waited += pollMs) {
      if (isTrue()) return true
      if (this.isEnded) return isTrue()
      await sleep(pollMs)
    }
    return false
  }

  /** As soon as it has written a text to standard error; false when it ended, or time was up, before that. */
  async tells(text: string, withinMs: number): Promise<boolean> {
    const told = new Promise<boolean>((answer) => {
      this.child.stderr?.on("data", () => {
        if (this.errors.includes(text)) answer(true)
      })
    })
    const ended = this.ended.then(({ errors }) => errors.includes(text))
    return Promise.race([told, ended, sleep(withinMs, false, { ref: false })])
  }

  /** How it ended, when it did within a time. */
  async endedWithin(milliseconds: number): Promise<Ended | undefined> {
    return Promise.race([this.ended, sleep(milliseconds, undefined, { ref: false })])
  }

  /** Processes that it has started and that are there now. */
  childPids(): readonly number[] {
    try {
      const text = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, "utf8")
      return text.split(" ").filter(Boolean).map(Number)
    } catch {
      return []
    }
  }
}

/** Runs a command of the program to its end. */
export async function runProgram(args: readonly string[], options: ProgramOptions = asItIs): Promise<Ended> {
  return new Program(args, options).ended
}

/** True when the processes are gone within two seconds. */
export async function areGone(pids: readonly number[]): Promise<boolean> {
  for (let waited = 0; waited < 2_000; waited += pollMs) {
    if (!pids.some(isThere)) return true
    await sleep(pollMs)
  }
  return false
}

/** A zombie has gone, whoever forgot to look after it. */
function isThere(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return false
  }
}
