import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { readFileSync } from "node:fs"
import { setPriority } from "node:os"
import type { Readable, Writable } from "node:stream"
import * as Effect from "effect/Effect"
import { ControlReader, encodeControl } from "../protocol/control-frame.ts"
import { decodeAnswer } from "../protocol/decode-answer.ts"
import type { Answer, Question } from "../protocol/messages.ts"
import { areaBytes, maxControlBytes } from "../protocol/shared-layout.ts"
import type { SharedPages } from "../protocol/native-module.ts"
import { childProgram } from "./child-program.ts"
import { asUser } from "./guards.ts"
import type { GuardName, PlatformGuards } from "./guards.ts"
import { nativePath } from "./native-module.ts"
import { SharedMemory } from "./shared-memory.ts"
import { v8Flags } from "./v8-flags.ts"

/** Why a sandbox process is no more. `outside`: nobody here killed it. */
export type EndReason = "deadline" | "memory" | "malformed" | "closed" | "outside"

/** The process ended while it was asked something, or before. */
export interface ChildEnded {
  readonly _tag: "ChildEnded"
  readonly reason: EndReason
  /** False: it had ended or been killed before it was asked, so that the question is not to blame. */
  readonly wasAsked: boolean
  /** Node of the segment that ran; -1: none is known. */
  readonly stage: number
  readonly detail: string
}

export interface Answered {
  readonly answer: Answer
  readonly sections: readonly Uint8Array[]
  /** How long the process had the question, without what it was asked before. */
  readonly tookMs: number
}

export interface ChildOptions {
  readonly platform: PlatformGuards
  readonly disabled: readonly GuardName[]
  /** Undefined: bytes go to the process and back through a file. */
  readonly pages: SharedPages | undefined
  /** Program text to run in the process before ours, as an escaped guest would: for tests of what stands behind the guest. */
  readonly preamble: string
}

interface PendingQuestion {
  resume: (effect: Effect.Effect<Answered, ChildEnded>) => void
  readonly turn: number
  readonly wallMs: number
  /** When all that was asked before was answered. */
  begunAt: number
  timer: NodeJS.Timeout | undefined
  /** The process was killed before this was the next to be answered. */
  isLate: boolean
}

/** Time that a guest's own deadline has to be answered before the process is killed: on a busy machine it waits for its turn. */
const graceMs = 400
const maxStderr = 16_384
const nice = 5

/** Callers keep their questions smaller than the shared file's areas. */
const tooMuch: ChildEnded = {
  _tag: "ChildEnded",
  reason: "malformed",
  wasAsked: true,
  stage: -1,
  detail: "it was to be asked more than has room"
}

/** Workers of one machine begin at different places. */
let nextUser = process.pid * 7

/** One sandbox process. It answers what it is asked in that order, and has no more than `questionsAtOnce` at a time, which callers see to. */
export class SandboxChild {
  readonly pid: number
  readonly memory: SharedMemory
  /** Number that its user is made of, and its V8 flags. */
  readonly user = nextUser++
  /** Resident bytes from which it is killed. */
  maxResidentBytes = Infinity
  isEnded = false
  private readonly process: ChildProcess
  private readonly input: Writable
  private readonly reader = new ControlReader()
  private readonly options: ChildOptions
  /** In the order of their answers. */
  private readonly pending: PendingQuestion[] = []
  private endReason: EndReason | undefined
  private stderr = ""
  private ended: ChildEnded | undefined

  constructor(options: ChildOptions) {
    this.options = options
    this.memory = new SharedMemory(options.pages)
    this.process = start(options, this.memory, this.user)
    this.pid = this.process.pid ?? -1
    const { input, output, errors } = pipesOf(this.process)
    this.input = input
    output.on("data", (chunk: Buffer) => this.receive(chunk))
    errors.on("data", (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString("utf8")).slice(-maxStderr)
    })
    for (const stream of [input, output, errors]) stream.on("error", () => undefined)
    this.process.on("error", (error) => this.end(`could not be started: ${error.message}`))
    this.process.on("close", (code, signal) => this.end(signal ?? `exit ${code ?? "unknown"}`))
    lowerPriority(this.pid)
  }

  /** Waits for the first word of a process just started. */
  get greeting(): Effect.Effect<Answered, ChildEnded> {
    return this.expect(10_000, () => undefined)
  }

  /**
   * Asks the process. `wallMs`: it is killed when it has not answered so long, and a short grace, after what it was asked before. Interrupting
   * kills it where this is what it works on, and else waits for the answer that nobody wants: others' questions are not to suffer for it.
   */
  ask(
    question: Question,
    sections: readonly Uint8Array[],
    wallMs: number
  ): Effect.Effect<Answered, ChildEnded> {
    return Effect.suspend(() => {
      const turn = this.freeTurn()
      const lengths = sections.map((section) => section.length)
      const frame = encodeControl(JSON.stringify(question), turn, lengths)
      const total = lengths.reduce((sum, length) => sum + length, 0)
      if (frame === undefined || total > areaBytes) return Effect.fail(tooMuch)
      return this.expect(
        wallMs,
        () => {
          this.memory.write(turn, sections, question.ask === "run")
          this.input.write(frame)
        },
        turn
      )
    })
  }

  /** The first of whose areas neither a question nor its answer stands. */
  private freeTurn(): number {
    for (let turn = 0; ; turn++) if (this.pending.every((each) => each.turn !== turn)) return turn
  }

  private expect(wallMs: number, send: () => void, turn = 0): Effect.Effect<Answered, ChildEnded> {
    return Effect.callback<Answered, ChildEnded>((resume) => {
      if (this.ended !== undefined) {
        resume(Effect.fail({ ...this.ended, wasAsked: false }))
        return undefined
      }
      const isLate = this.endReason !== undefined
      const pending = { resume, turn, wallMs, begunAt: 0, timer: undefined, isLate }
      this.pending.push(pending)
      if (this.pending.length === 1) this.begin(pending)
      if (!isLate) this.trySending(send)
      return Effect.suspend(() => this.abandon(pending))
    })
  }

  /** A process that has done something to what it shares is not to be asked any more. */
  private trySending(send: () => void): void {
    try {
      send()
    } catch {
      this.kill("malformed")
    }
  }

  /** All that was asked before is answered. */
  private begin(pending: PendingQuestion): void {
    pending.begunAt = performance.now()
    if (!this.options.disabled.includes("deadline"))
      pending.timer = setTimeout(() => this.kill("deadline"), pending.wallMs + graceMs)
  }

  /** Nobody waits for the answer any more. The question keeps its place: the answer may be on its way. */
  private abandon(pending: PendingQuestion): Effect.Effect<void> {
    if (this.pending[0] !== pending)
      return Effect.callback<void>((resume) => {
        if (!this.pending.includes(pending)) resume(Effect.void)
        pending.resume = () => resume(Effect.void)
      })
    pending.resume = () => undefined
    this.kill("closed")
    return Effect.void
  }

  private receive(chunk: Buffer): void {
    const maxBytes = this.options.disabled.includes("frame-cap") ? 0xffff_ffff : maxControlBytes
    const texts = this.endReason === "malformed" ? [] : this.reader.push(chunk, maxBytes)
    for (const text of texts ?? [undefined]) if (!this.take(text)) return this.kill("malformed")
  }

  /** False: this is not the program that we started, which answers each question once. */
  private take(text: string | undefined): boolean {
    const [pending] = this.pending
    const answer = text === undefined ? undefined : decodeAnswer(text)
    if (pending === undefined || answer === undefined) return false
    const sections = "sections" in answer ? this.sectionsOf(answer, pending.turn) : []
    if (sections === undefined) return false
    this.settle(Effect.succeed({ answer, sections, tookMs: performance.now() - pending.begunAt }))
    return true
  }

  private sectionsOf(
    answer: Extract<Answer, { readonly sections: readonly number[] }>,
    turn: number
  ): readonly Uint8Array[] | undefined {
    try {
      return this.memory.read(turn, answer.sections, answer.is === "done" ? answer.places : [])
    } catch {
      return undefined
    }
  }

  /** Of what was asked first. */
  private settle(effect: Effect.Effect<Answered, ChildEnded>): void {
    const pending = this.pending.shift()
    clearTimeout(pending?.timer)
    if (this.pending[0] !== undefined) this.begin(this.pending[0])
    pending?.resume(effect)
  }

  /** INVARIANT: what is asked ahead is not to blame for what ends the process meanwhile. */
  kill(reason: EndReason): void {
    if (this.isEnded) return
    for (const ahead of this.endReason === undefined ? this.pending.slice(1) : []) ahead.isLate = true
    this.endReason ??= reason
    this.process.kill("SIGKILL")
  }

  private end(detail: string): void {
    if (this.isEnded) return
    this.isEnded = true
    const reason = this.endReason ?? (isOutOfMemory(detail, this.stderr) ? "memory" : "outside")
    const [first] = this.pending
    const wasAsked = first !== undefined && !first.isLate
    this.ended = { _tag: "ChildEnded", reason, wasAsked, stage: this.memory.stage(), detail }
    this.memory.close()
    this.settle(Effect.fail(this.ended))
    while (this.pending.length > 0) this.settle(Effect.fail({ ...this.ended, wasAsked: false }))
  }

  /** True while a question waits for its answer. */
  get isBusy(): boolean {
    return this.pending.length > 0
  }

  /** What it wrote to its standard error, the end of it. */
  get errorText(): string {
    return this.stderr
  }

  /** Resident bytes; 0 where the platform does not say. */
  residentBytes(): number {
    return readStat(`/proc/${this.pid}/statm`, (fields) => Number(fields[1] ?? 0) * 4096)
  }

  /** User and system time, microseconds, in steps of 10 ms. */
  cpuMicros(): number {
    return readStat(
      `/proc/${this.pid}/stat`,
      (fields) => (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * 10_000
    )
  }
}

function start(options: ChildOptions, memory: SharedMemory, user: number): ChildProcess {
  const { program, readable } = childProgram()
  const guarded = ["--permission", "--allow-addons", ...readable.map((path) => `--allow-fs-read=${path}`)]
  const command = [
    ...asUser(options.platform.wrappers, user),
    process.execPath,
    "--no-node-snapshot",
    ...v8Flags(user),
    "--disable-warning=SecurityWarning",
    // By default this signal opens an inspector, which has the process's own powers.
    ...(options.disabled.includes("inspector") ? [] : ["--disable-sigusr1"]),
    ...(options.disabled.includes("permission") ? [] : guarded),
    "--eval",
    `${options.preamble}\n;${program}(${memory.isMapped ? JSON.stringify(nativePath) : ""})`
  ]
  const clean = { TZ: "UTC", LANG: "C", LC_ALL: "C" }
  const env = options.disabled.includes("environment") ? { ...process.env, ...clean } : clean
  return spawn(command[0] ?? process.execPath, command.slice(1), {
    cwd: "/",
    env,
    // Ctrl-C at a terminal is for the worker, which ends its processes in order.
    detached: true,
    stdio: ["pipe", "ignore", "pipe", "pipe", memory.descriptor]
  })
}

function pipesOf(child: ChildProcess): {
  readonly input: Writable
  readonly output: Readable
  readonly errors: Readable
} {
  const output = child.stdio[3]
  if (
    child.stdin === null ||
    child.stderr === null ||
    output === null ||
    output === undefined ||
    !("read" in output)
  ) {
    throw new Error("the sandbox process has no pipes")
  }
  return { input: child.stdin, output, errors: child.stderr }
}

function lowerPriority(pid: number): void {
  try {
    if (pid > 0) setPriority(pid, nice)
  } catch {
    // It may be gone already; its end is told by its event.
  }
}

/** V8 aborts the process when it runs out of heap, and says so. */
function isOutOfMemory(detail: string, stderr: string): boolean {
  return (detail === "SIGABRT" || detail === "SIGTRAP") && /heap|memory|allocation/i.test(stderr)
}

function readStat(path: string, pick: (fields: readonly string[]) => number): number {
  try {
    // The program's name stands in parentheses and may hold blanks.
    const text = readFileSync(path, "utf8").replace(/\(.*\)/, "x")
    const value = pick(text.split(" "))
    return Number.isFinite(value) ? value : 0
  } catch {
    return 0
  }
}
