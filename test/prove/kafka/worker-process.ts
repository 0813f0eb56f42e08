import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { root, until } from "../../input/program.ts"
import { guard } from "../../kafka/broker-process.ts"
import { areGone } from "../kills/program.ts"

const main = join(root, "runtime/src/main/main.ts")
const nodeFlags = ["--no-node-snapshot", "--disable-warning=ExperimentalWarning"]
/** The exit of who was told to end by SIGTERM. */
const asTold = 143
/** Where `bin/node24.js` keeps it: a start is much of what a kill costs. */
const compileCache = join(root, "node_modules/.cache/millrace")
/** Kept of what a process says on standard error. */
const mostErrors = 20_000

export interface WorkerOptions {
  /** `up` or `worker`, and what belongs to it. */
  readonly args: readonly string[]
  readonly data: string
  /** Preloaded modules: a seeded bug. */
  readonly imports?: readonly string[]
  readonly variables?: { readonly [name: string]: string }
}

/** A platform or a worker of it, started again on the same folder whenever it was killed. Its commits are told. */
export class WorkerProcess {
  readonly name: string
  readonly #options: WorkerOptions
  #child: ChildProcess | undefined
  #errors = ""
  #output = ""
  #ended = true
  /** Told at the next passing of a point. */
  #listeners: ((text: string) => void)[] = []
  /** That it ended by itself. */
  readonly faults: string[] = []

  constructor(name: string, options: WorkerOptions) {
    this.name = name
    this.#options = options
  }

  get pid(): number {
    return this.#child?.pid ?? -1
  }

  get isUp(): boolean {
    return !this.#ended
  }

  get errors(): string {
    return this.#errors
  }

  get url(): string {
    const line = this.#output.split("\n").find((text) => text.includes('"url"'))
    const { url }: { url: string } = JSON.parse(line ?? '{ "url": "" }')
    return url
  }

  get token(): string {
    return readFileSync(join(this.#options.data, "token"), "utf8").trim()
  }

  /** Starts it; answers when it says that it is up. */
  async start(): Promise<void> {
    const { args, data, imports = [], variables = {} } = this.#options
    const flags = [...nodeFlags, ...imports.flatMap((path) => ["--import", path])]
    const [command, ...rest] = [
      ...guard(),
      process.execPath,
      ...flags,
      main,
      ...args,
      "--data",
      data,
      "--json"
    ]
    const child = spawn(command, rest, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { NODE_COMPILE_CACHE: compileCache, ...process.env, FAIL_TELL: "before-commit:1", ...variables }
    })
    this.#child = child
    this.#ended = false
    this.#output = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#output += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#tell(text))
    child.on("close", (code, signal) => {
      if (this.#child !== child) return
      this.#ended = true
      if (signal !== "SIGKILL" && code !== 0 && code !== asTold)
        this.faults.push(`${this.name} ended by itself with ${code ?? signal}: ${this.#errors.slice(-1_000)}`)
    })
    await until(
      () => this.#ended || this.#output.includes("\n"),
      (isOver) => isOver,
      180
    )
    if (this.#ended) throw new Error(`${this.name} did not come up: ${this.#errors.slice(-2_000)}`)
  }

  /** kill -9; answers when it is gone, and every process that it had started. */
  async kill(): Promise<void> {
    const children = this.#children()
    this.#child?.kill("SIGKILL")
    await until(
      () => this.#ended,
      (ended) => ended
    )
    if (!(await areGone(children))) this.faults.push(`${this.name} left processes behind`)
  }

  /** As an operator ends it. */
  async stop(): Promise<void> {
    if (this.#ended) return
    this.#child?.kill("SIGTERM")
    await until(
      () => this.#ended,
      (ended) => ended,
      120
    )
  }

  /** SIGSTOP: it keeps its connections, and believes that no time has passed. */
  freeze(): void {
    this.#child?.kill("SIGSTOP")
  }

  thaw(): void {
    this.#child?.kill("SIGCONT")
  }

  /** Answers so many ms after it has next begun a commit; or after `patience` ms where it begins none. */
  async inCommit(afterMs: number, patience: number): Promise<boolean> {
    const over = new AbortController()
    const told = new Promise<true>((done) => {
      const listener = (text: string): void => {
        if (text.includes("failpoint before-commit")) done(true)
      }
      this.#listeners.push(listener)
    })
    const isTold = await Promise.race([
      told,
      delay(patience, false as const, { signal: over.signal }).catch(() => false as const)
    ])
    over.abort()
    this.#listeners = []
    const end = performance.now() + afterMs
    // A timer is too coarse, and gives way to other work.
    while (isTold && performance.now() < end) continue
    return isTold
  }

  /** What lies in its folder of Kafka's topics is lost, as with the disk of a machine. */
  loseLocalState(): void {
    const folder = join(this.#options.data, "kafka")
    if (existsSync(folder)) rmSync(folder, { recursive: true })
  }

  #tell(text: string): void {
    for (const listener of this.#listeners) listener(text)
    const said = text
      .split("\n")
      .filter((line) => !line.startsWith("failpoint "))
      .join("\n")
    this.#errors = (this.#errors + said).slice(-mostErrors)
  }

  #children(): readonly number[] {
    try {
      const text = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, "utf8")
      return text.split(" ").filter(Boolean).map(Number)
    } catch {
      return []
    }
  }
}
