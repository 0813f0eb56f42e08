import { createHash } from "node:crypto"
import { type AvroType, parseAvroOrThrow, resolve } from "@millrace/sdk/avro"
import { CodecFault, compileReader, compileWriter } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter, FrameFault, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { TransportShape } from "../../transport/transport.ts"
import { fromTransport, taskFailure } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"

/** Where a frame's header has the hash of its writer schema (docs/formats/batch.md). */
const hashStart = 48
const hashEnd = 80

/** Writes a value of some writer's, `frame[start, end)`, behind what is in the writer's sink. */
type Rewrite = (frame: Uint8Array, start: number, end: number, to: BatchWriter) => void

/**
 * Frames of one topic in the schema that the plan was made against: its views read no other. What was written with another one, before
 * the stream changed or since, is resolved to it by Avro's rules, as whoever reads by a reader's schema does.
 */
export class ResolvedFrames {
  private readonly transport: Pick<TransportShape, "schema">
  private readonly topic: string
  private readonly wanted: Buffer | undefined
  private readonly reader: AvroType | undefined
  private readonly rewrites: Map<string, Rewrite> = new Map()

  /** `schema`: Avro text; undefined: frames are taken as they are. */
  constructor(transport: Pick<TransportShape, "schema">, topic: string, schema: string | undefined) {
    this.transport = transport
    this.topic = topic
    this.wanted = schema === undefined ? undefined : createHash("sha256").update(schema).digest()
    this.reader = schema === undefined ? undefined : parseAvroOrThrow(schema)
  }

  /**
   * The frame, of as many records, each in its place; itself where it is of that schema. Without control records and gaps. Fails with
   * SCHEMA_INCOMPATIBLE where the one schema cannot be read as the other, RECORD_INVALID where a record is not as its schema says.
   */
  resolve(frame: Uint8Array, baseOffset: bigint): Effect.Effect<Uint8Array, TaskFailure> {
    const { wanted } = this
    if (wanted === undefined || wanted.compare(frame, hashStart, hashEnd) === 0) return Effect.succeed(frame)
    // Of deletes alone nobody may have said what schema they are of.
    if (!hasValues(frame)) return Effect.sync(() => rewritten(frame, wanted, noValue))
    return Effect.flatMap(this.rewriteOf(frame.subarray(hashStart, hashEnd)), (rewrite) =>
      Effect.try({
        try: () => rewritten(frame, wanted, rewrite),
        catch: (error) => this.unread(baseOffset, error)
      })
    )
  }

  private rewriteOf(hash: Uint8Array): Effect.Effect<Rewrite, TaskFailure> {
    return Effect.gen({ self: this }, function* () {
      const place = Buffer.from(hash).toString("hex")
      const known = this.rewrites.get(place)
      if (known !== undefined) return known
      const text = yield* Effect.mapError(this.transport.schema(new Uint8Array(hash)), fromTransport)
      if (text === undefined || this.reader === undefined)
        return yield* Effect.fail(
          taskFailure("SCHEMA_UNKNOWN", `a batch of ${this.topic} is of a schema that is not in the log`)
        )
      const made = rewriteFor(parseAvroOrThrow(text), this.reader)
      if ("message" in made)
        return yield* Effect.fail(
          taskFailure(
            "SCHEMA_INCOMPATIBLE",
            `${this.topic} has records of a schema that cannot be read as the one that this pipeline was planned with: ${made.message}`
          )
        )
      this.rewrites.set(place, made.rewrite)
      return made.rewrite
    })
  }

  private unread(baseOffset: bigint, error: unknown): TaskFailure {
    if (!(error instanceof CodecFault || error instanceof FrameFault)) throw error
    return taskFailure(
      "RECORD_INVALID",
      `${this.topic}: a record of the batch at offset ${baseOffset} cannot be read as the schema that this pipeline was planned with: ${error.message}`
    )
  }
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

function rewritten(frame: Uint8Array, hash: Uint8Array, rewrite: Rewrite): Uint8Array {
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
    rewrite(frame, cursor.valueStart, cursor.valueEnd, writer)
    writer.endRecord()
  }
  return writer.finish()
}
