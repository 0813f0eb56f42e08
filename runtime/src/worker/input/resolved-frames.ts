import { createHash } from "node:crypto"
import { type AvroType, parseAvroOrThrow, resolve } from "@millrace/sdk/avro"
import { CodecFault, compileReader, compileWriter } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter, FrameFault, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { rawRecord } from "../../transport/raw-record.ts"
import type { TransportShape, UnreadRecord } from "../../transport/transport.ts"
import type { FrameData } from "./frames.ts"
import { fromTransport, taskFailure } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"

/** Where a frame's header has the hash of its writer schema (docs/formats/batch.md). */
const hashStart = 48
const hashEnd = 80

/** Writes a value of some writer's, `frame[start, end)`, behind what is in the writer's sink. */
type Rewrite = (frame: Uint8Array, start: number, end: number, to: BatchWriter) => void

/** A frame in the plan's schema. */
export interface Resolved {
  /** Undefined where none of its records can be read. */
  readonly data: FrameData | undefined
  /** Those that cannot, of another program's frame. */
  readonly unread: readonly UnreadInput[]
}

/** A record of an input that the chain is not given: it cannot be read as the input's schema. */
export interface UnreadInput extends Pick<UnreadRecord, "message" | "offset" | "raw"> {
  readonly code: UnreadRecord["code"] | "SCHEMA_INCOMPATIBLE" | "RECORD_INVALID"
}

/**
 * Frames of one topic in the schema that the plan was made against: its views read no other. What was written with another one, before
 * the stream changed or since, is resolved to it by Avro's rules, as whoever reads by a reader's schema does.
 */
export class ResolvedFrames {
  private readonly transport: Pick<TransportShape, "schema">
  private readonly topic: string
  private readonly wanted: Buffer | undefined
  private readonly reader: AvroType | undefined
  private readonly rewrites: Map<string, Rewrite | TaskFailure> = new Map()

  /** `schema`: Avro text; undefined: frames are taken as they are. */
  constructor(transport: Pick<TransportShape, "schema">, topic: string, schema: string | undefined) {
    this.transport = transport
    this.topic = topic
    this.wanted = schema === undefined ? undefined : createHash("sha256").update(schema).digest()
    this.reader = schema === undefined ? undefined : parseAvroOrThrow(schema)
  }

  /**
   * The frame, its records each in its place; itself where it is of that schema. Without control records and gaps. Where the one schema
   * cannot be read as the other, or a record is not as its schema says, fails with SCHEMA_INCOMPATIBLE or RECORD_INVALID, or, of a frame
   * that another program wrote (`isForeign`), tells the records.
   */
  resolve(data: FrameData, isForeign: boolean): Effect.Effect<Resolved, TaskFailure> {
    const { wanted } = this
    const { baseOffset, frame } = data
    if (wanted === undefined || wanted.compare(frame, hashStart, hashEnd) === 0)
      return Effect.succeed({ data, unread: [] })
    // Of deletes alone nobody may have said what schema they are of.
    if (!hasValues(frame)) return Effect.sync(() => whole(data, rewritten(frame, wanted, noValue)))
    return Effect.flatMap(this.rewriteOf(frame.subarray(hashStart, hashEnd)), (rewrite) => {
      if (typeof rewrite !== "function")
        return isForeign ? Effect.sync(() => this.noneOf(data, rewrite)) : Effect.fail(rewrite)
      if (isForeign) return Effect.sync(() => this.readable(data, wanted, rewrite))
      return Effect.try({
        try: () => whole(data, rewritten(frame, wanted, rewrite)),
        catch: (error) => this.invalid(`a record of the batch at offset ${baseOffset}`, error)
      })
    })
  }

  /** How records of this schema are read; a failure where they cannot. */
  private readonly rewriteOf = Effect.fnUntraced(
    { self: this },
    function* (this: ResolvedFrames, hash: Uint8Array): Effect.fn.Return<Rewrite | TaskFailure, TaskFailure> {
      const place = Buffer.from(hash).toString("hex")
      const known = this.rewrites.get(place)
      if (known !== undefined) return known
      const text = yield* Effect.mapError(this.transport.schema(new Uint8Array(hash)), fromTransport)
      if (text === undefined || this.reader === undefined)
        return yield* Effect.fail(
          taskFailure("SCHEMA_UNKNOWN", `a batch of ${this.topic} is of a schema that is not in the log`)
        )
      const made = rewriteFor(parseAvroOrThrow(text), this.reader)
      const rewrite =
        "message" in made
          ? taskFailure(
              "SCHEMA_INCOMPATIBLE",
              `${this.topic} has records of a schema that cannot be read as the one that this pipeline was planned with: ${made.message}`
            )
          : made.rewrite
      this.rewrites.set(place, rewrite)
      return rewrite
    }
  )

  private noneOf(data: FrameData, { message }: TaskFailure): Resolved {
    const unread: UnreadInput[] = []
    const cursor = new BatchCursor(data.frame)
    while (cursor.next()) unread.push(unreadAt(data, cursor, "SCHEMA_INCOMPATIBLE", message))
    return { data: undefined, unread }
  }

  private readable(data: FrameData, wanted: Buffer, rewrite: Rewrite): Resolved {
    const unread: UnreadInput[] = []
    const frame = rewritten(data.frame, wanted, rewrite, (cursor, error) => {
      const { message } = this.invalid(`the record at offset ${offsetOf(data, cursor.index)}`, error)
      unread.push(unreadAt(data, cursor, "RECORD_INVALID", message))
    })
    if (unread.length === 0) return whole(data, frame)
    const gone = new Set(unread.map(({ offset }) => offset))
    const offsets = Array.from({ length: data.count }, (_, index) => offsetOf(data, index))
    return {
      data: placed(
        frame,
        offsets.filter((offset) => !gone.has(offset))
      ),
      unread
    }
  }

  private invalid(what: string, error: unknown): TaskFailure {
    if (!(error instanceof CodecFault || error instanceof FrameFault)) throw error
    return taskFailure(
      "RECORD_INVALID",
      `${this.topic}: ${what} cannot be read as the schema that this pipeline was planned with: ${error.message}`
    )
  }
}

const whole = (data: FrameData, frame: Uint8Array): Resolved => ({ data: { ...data, frame }, unread: [] })

const unreadAt = (
  data: FrameData,
  cursor: BatchCursor,
  code: UnreadInput["code"],
  message: string
): UnreadInput => ({
  offset: offsetOf(data, cursor.index),
  code,
  message,
  raw: rawRecord({ timestamp: cursor.timestamp, key: cursor.key(), value: cursor.value() })
})

/** Offset of a record of the frame, by its number there. */
function offsetOf({ baseOffset, leaps = [] }: FrameData, index: number): bigint {
  let beyond = 0
  for (let at = 0; at < leaps.length && (leaps[at] ?? 0) <= index; at += 2) beyond = leaps[at + 1] ?? 0
  return baseOffset + BigInt(index + beyond)
}

/** The frame with its records at these offsets; undefined where it has none. */
function placed(frame: Uint8Array, offsets: readonly bigint[]): FrameData | undefined {
  const [first] = offsets
  if (first === undefined) return undefined
  const leaps: number[] = []
  let leap = 0
  for (const [index, offset] of offsets.entries()) {
    const beyond = Number(offset - first) - index
    if (beyond > leap) leaps.push(index, beyond)
    leap = beyond
  }
  return { frame, baseOffset: first, count: offsets.length, ...(leaps.length === 0 ? {} : { leaps }) }
}

const noValue: Rewrite = () => {
  throw new TypeError("a delete has no value")
}

function hasValues(frame: Uint8Array): boolean {
  const cursor = new BatchCursor(frame)
  while (cursor.next()) if (!cursor.isTombstone) return true
  return false
}

function rewriteFor(
  written: AvroType,
  wanted: AvroType
): { readonly rewrite: Rewrite } | { readonly message: string } {
  const resolution = resolve(written, wanted)
  if ("errors" in resolution)
    return { message: resolution.errors.map(({ message, path }) => `${path}: ${message}`).join("; ") }
  const { read } = compileReader(written, wanted)
  const { write } = compileWriter(wanted)
  return { rewrite: (frame, start, end, to) => write(read(frame, start, end), to.sink) }
}

/** `onFault`: told of a record that cannot be read, which is left out; by default it is thrown. */
function rewritten(
  frame: Uint8Array,
  hash: Uint8Array,
  rewrite: Rewrite,
  onFault?: (cursor: BatchCursor, error: unknown) => void
): Uint8Array {
  const { baseTimestamp, watermark } = openBatch(frame)
  const writer = new BatchWriter(undefined, frame.length)
  writer.begin(hash, baseTimestamp)
  writer.setWatermark(watermark)
  const cursor = new BatchCursor(frame)
  while (cursor.next()) {
    if (cursor.isTombstone) {
      writer.appendRaw(cursor)
      continue
    }
    writer.beginLike(cursor, cursor.key())
    try {
      rewrite(frame, cursor.valueStart, cursor.valueEnd, writer)
    } catch (error) {
      if (onFault === undefined) throw error
      writer.abortRecord()
      onFault(cursor, error)
      continue
    }
    writer.endRecord()
  }
  return writer.finish()
}
