import { createHash } from "node:crypto"
import type { DeadLetter } from "@millrace/sandbox"
import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { compileValue } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter, ByteSink, FrameFault } from "@millrace/sdk/record"
import * as Schema from "effect/Schema"

/** Writer schema of dead letters, docs/formats/dead-letter.md. Its text is a format: change it only by a new name. */
export const deadLetterSchemaText = JSON.stringify({
  type: "record",
  name: "DeadLetter",
  namespace: "millrace",
  fields: [
    { name: "node", type: "string" },
    { name: "input", type: "string" },
    { name: "code", type: "string" },
    { name: "tag", type: ["null", "string"] },
    { name: "message", type: "string" },
    { name: "topic", type: "string" },
    { name: "partition", type: "int" },
    { name: "offset", type: "long" },
    { name: "task", type: "int" },
    { name: "frame", type: ["null", "bytes"] },
    { name: "raw", type: ["null", "string"] },
    { name: "time", type: { type: "long", logicalType: "timestamp-millis" } }
  ]
})
export const deadLetterSchemaHash = new Uint8Array(createHash("sha256").update(deadLetterSchemaText).digest())

const codec = compileValue(parseAvroOrThrow(deadLetterSchemaText))

const Bytes = Schema.instanceOf(Uint8Array)
const Stored = Schema.Struct({
  node: Schema.String,
  input: Schema.String,
  code: Schema.String,
  tag: Schema.NullOr(Schema.String),
  message: Schema.String,
  topic: Schema.String,
  partition: Schema.Number,
  offset: Schema.Number,
  task: Schema.Number,
  frame: Schema.NullOr(Bytes),
  raw: Schema.NullOr(Schema.String),
  time: Schema.Number
})
/** A dead letter as the topic keeps it. `task`: partition of the task that failed; `frame`: what a replay puts in again. */
export type StoredDeadLetter = typeof Stored.Type
const decode = Schema.decodeUnknownSync(Stored)

/** A frame or a raw text that would not fit into one record beside the rest is left out: the record stays findable by its offset. */
const maxPartBytes = 6 * 1024 * 1024
const maxMessageLength = 4_096

/** Frames of a batch's dead letters; more than one when they would not fit into 8 MiB. `now`: the batch's clock. */
export function deadLetterFrames(
  letters: readonly DeadLetter[],
  task: number,
  now: number
): readonly Uint8Array[] {
  if (letters.length === 0) return []
  const frames: Uint8Array[] = []
  const writer = new BatchWriter()
  writer.begin(deadLetterSchemaHash)
  for (const letter of letters) {
    const value = encode(letter, task, now)
    try {
      writer.append({ timestamp: now, key: null }, value)
    } catch (error) {
      if (!(error instanceof FrameFault) || error.code !== "TOO_LARGE") throw error
      writer.abortRecord()
      frames.push(writer.finish())
      writer.begin(deadLetterSchemaHash)
      writer.append({ timestamp: now, key: null }, value)
    }
  }
  frames.push(writer.finish())
  return frames
}

/** The dead letters in a frame of the topic, by their place in it. Throws a CodecFault or FrameFault when it holds others. */
export function readDeadLetters(frame: Uint8Array): ReadonlyMap<number, StoredDeadLetter> {
  const cursor = new BatchCursor(frame)
  const found = new Map<number, StoredDeadLetter>()
  while (cursor.next()) {
    if (cursor.isControl || cursor.isTombstone) continue
    if (!Buffer.from(cursor.header.schemaHash).equals(deadLetterSchemaHash))
      throw new RangeError("the frame holds no dead letters")
    found.set(cursor.index, decode(codec.read(frame, cursor.valueStart, cursor.valueEnd)))
  }
  return found
}

function encode(letter: DeadLetter, task: number, now: number): Uint8Array {
  const sink = new ByteSink(16 * 1024 * 1024, 1024)
  const { node, input, code, topic, partition, frame, raw } = letter
  const message = wellFormed(letter.message).slice(0, maxMessageLength)
  codec.write(
    {
      node,
      input,
      code,
      tag: letter.tag === undefined ? null : wellFormed(letter.tag),
      message: wellFormed(message),
      topic,
      partition,
      offset: Number(letter.offset),
      task,
      frame: frame === undefined || frame.length > maxPartBytes ? null : frame,
      raw: raw === undefined ? null : wellFormed(raw.slice(0, maxPartBytes / 4)),
      time: now
    },
    sink
  )
  return sink.toBytes()
}

/** Guests may send lone surrogates; UTF-8 has no place for them. */
function wellFormed(text: string): string {
  return text.toWellFormed()
}
