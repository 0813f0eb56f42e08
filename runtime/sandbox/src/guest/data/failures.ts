import { BatchWriter, FrameFault } from "@millrace/sdk/record"
import type { BatchCursor } from "@millrace/sdk/record"
import { isOverflow } from "./output-set.ts"
import { JsonWriter, readError, toPlainText } from "../realm/plain-text.ts"
import { isObject, makeList } from "../realm/primordials.ts"
import type { Tally } from "./tally.ts"

export type FailureCode = "PLUGIN_FAILED" | "RECORD_INVALID" | "DEADLINE_EXCEEDED" | "OUTPUT_TOO_LARGE"
export type ErrorPolicy = "dead-letter" | "skip" | "fail"

export interface Failure {
  readonly code: FailureCode
  readonly tag: string | undefined
  readonly message: string
  readonly stack?: string | undefined
}

/** A report holds the stacks of so many failed records; one kind of failure looks like the next. */
const maxStacks = 32

/** Ends the call: the node's policy is `fail`, or a source or sink failed as a whole. */
export class RunFailure {
  readonly failure: Failure
  /** Number of the record over the segment's call; -1: none. */
  readonly origin: number
  /** Worth another try. */
  readonly isTransient: boolean

  constructor(failure: Failure, origin: number, isTransient: boolean) {
    this.failure = failure
    this.origin = origin
    this.isTransient = isTransient
  }
}

/** What a thrown value says, with the code of where it was thrown. Tagged errors keep their tag. */
export function toFailure(error: unknown, code: FailureCode): Failure {
  if (isOverflow(error)) {
    return {
      code: "OUTPUT_TOO_LARGE",
      tag: undefined,
      message: "the record's outputs exceed the limit of one call"
    }
  }
  const text = readError(error)
  return {
    code,
    tag: text.tag === "CodecFault" || text.tag === "FrameFault" ? undefined : text.tag,
    message: text.message,
    stack: text.stack
  }
}

/** Sinks and sources mark what may succeed later with `transient: true`. */
export function isTransient(error: unknown): boolean {
  try {
    return isObject(error) && error["transient"] === true
  } catch {
    return false
  }
}

/** Records that failed, each as it was received, with why. */
export class FailedRecords {
  private readonly policy: ErrorPolicy
  private readonly tally: Tally
  private letters = new JsonWriter().open("[")
  private stacks = 0
  /** By number of the input frame. */
  private readonly frames: (BatchWriter | undefined)[] = makeList()

  constructor(policy: ErrorPolicy, tally: Tally) {
    this.policy = policy
    this.tally = tally
  }

  /** Takes a failed record by the node's policy. Throws a {@link RunFailure} under `fail`. */
  add(feed: number, cursor: BatchCursor, origin: number, failure: Failure): void {
    this.tally.failed += 1
    if (this.policy === "fail") throw new RunFailure(failure, origin, false)
    if (this.policy === "skip") return
    let frame = this.frames[feed]
    if (frame === undefined) {
      frame = new BatchWriter()
      frame.begin(cursor.header.schemaHash, cursor.header.baseTimestamp)
      for (let i = this.frames.length; i < feed; i++) this.frames[i] = undefined
      this.frames[feed] = frame
    }
    frame.appendRaw(cursor)
    this.letter(feed, origin, failure, undefined)
  }

  /** What a source could not make a record of. */
  addRejected(origin: number, failure: Failure, raw: string): void {
    this.tally.failed += 1
    if (this.policy === "fail") throw new RunFailure(failure, origin, false)
    if (this.policy === "dead-letter") this.letter(-1, origin, failure, toPlainText(raw, 65_536))
  }

  private letter(feed: number, origin: number, failure: Failure, raw: string | undefined): void {
    this.letters.open("{").name("feed").number(feed).name("origin").number(origin)
    this.letters.name("code").string(failure.code).name("tag").string(failure.tag)
    this.letters.name("message").string(failure.message).name("raw").string(raw)
    if (failure.stack !== undefined && this.stacks < maxStacks) {
      this.stacks += 1
      this.letters.name("stack").string(failure.stack)
    }
    this.letters.close("}")
  }

  lettersJson(): string {
    return this.letters.close("]").toString()
  }

  get feeds(): number {
    return this.frames.length
  }

  /** The frame of an input frame's failed records, in order; undefined when none failed. */
  finish(feed: number): Uint8Array | undefined {
    return this.frames[feed]?.finish()
  }
}

/** True when the fault is of the record's own bytes. */
export function isFrameFault(error: unknown): boolean {
  return error instanceof FrameFault && error.code !== "TOO_LARGE"
}

/** `F` and the failure as JSON text: how the harness says that a call has failed. */
export function failureJson(failure: Failure, origin: number, isTransient: boolean): string {
  const text = new JsonWriter().open("{").name("code").string(failure.code).name("tag").string(failure.tag)
  text
    .name("message")
    .string(failure.message)
    .name("origin")
    .number(origin)
    .name("transient")
    .boolean(isTransient)
    .name("stack")
    .string(failure.stack)
  return "F" + text.close("}").toString()
}
