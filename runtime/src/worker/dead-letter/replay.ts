import { createHash } from "node:crypto"
import { BatchWriter, encodeUtf8, openBatch } from "@millrace/sdk/record"
import type { BatchCursor } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ChainPlan, PhysicalPlan } from "../../plan/physical.ts"
import type { TaskLog, TransportShape } from "../../transport/transport.ts"
import type { TransportError } from "../../transport/transport.ts"
import { readDeadLetters } from "./dead-letter.ts"
import type { StoredDeadLetter } from "./dead-letter.ts"
import { fateTask, positionOf } from "./letter-fates.ts"

/** Writer schema of replay topics: the value is a batch frame with one record. docs/formats/dead-letter.md. */
export const replaySchemaText = '"bytes"'
const replaySchemaHash = new Uint8Array(createHash("sha256").update(replaySchemaText).digest())

/** Internal topic of a chain; one partition per task, one in all for a source's chain. */
export function replayTopic(pipeline: string, head: string): string {
  return `${pipeline}.replay.${head}`
}

export interface ReplayInstruction {
  readonly node: string
  readonly input: string
  readonly frame: Uint8Array
}

/** `NOT_FOUND` there is no such dead letter · `NOT_REPLAYABLE` it kept no record · `NODE_GONE` the plan has its node no more · `ALREADY_REPLAYED`. */
export class ReplayError extends Schema.TaggedError<ReplayError>()("ReplayError", {
  code: Schema.Literals(["NOT_FOUND", "NOT_REPLAYABLE", "NODE_GONE", "ALREADY_REPLAYED"]),
  message: Schema.String
}) {}

export interface DeadLetterPlace {
  readonly partition: number
  readonly offset: bigint
}

/**
 * Puts a dead letter back in at its node's input, once: the replaying task keeps, in the commit that writes the
 * instruction, that it was written, and a second call fails with `ALREADY_REPLAYED`. `editedFrame` replaces the record:
 * a batch frame of one record. The pipeline takes it when it runs.
 */
export const replayDeadLetter = Effect.fnUntraced(function* (
  transport: TransportShape,
  plan: PhysicalPlan,
  place: DeadLetterPlace,
  editedFrame?: Uint8Array
): Effect.fn.Return<void, ReplayError | TransportError> {
  const letter = yield* findDeadLetter(transport, plan, place)
  const chain = plan.chains.find(({ segments }) =>
    segments.some(({ nodes }) => nodes.some(({ spec }) => spec.node === letter.node))
  )
  if (chain === undefined)
    return yield* new ReplayError({
      code: "NODE_GONE",
      message: `the pipeline has no node ${letter.node} now; apply a plan that has it, then replay`
    })
  const frame = editedFrame ?? letter.frame
  if (frame === null)
    return yield* new ReplayError({
      code: "NOT_REPLAYABLE",
      message: `the dead letter of ${letter.node} kept no record: ${
        letter.raw === null
          ? "it was too large"
          : "its source rejected the text, or another program wrote what is none of the stream; mend it where it came from"
      }`
    })
  const log = yield* transport.openTask(fateTask(plan.pipeline))
  yield* writeInstruction(log, plan, chain, place, letter, frame)
})

const writeInstruction = Effect.fnUntraced(function* (
  log: TaskLog,
  plan: PhysicalPlan,
  chain: ChainPlan,
  place: DeadLetterPlace,
  letter: StoredDeadLetter,
  frame: Uint8Array
): Effect.fn.Return<void, ReplayError | TransportError> {
  const name = `${place.partition}/${place.offset}`
  const last = yield* log.checkpoint
  if (last !== undefined && Object.hasOwn(last.positions, name))
    return yield* new ReplayError({
      code: "ALREADY_REPLAYED",
      message: `the dead letter at ${name} was replayed or discarded before`
    })
  const topic = replayTopic(plan.pipeline, chain.head)
  yield* log.commit({
    outputs: [
      {
        topic,
        partition: chain.partitions === "source" ? 0 : letter.task % chain.partitions,
        frame: instructionFrame(letter, frame)
      }
    ],
    state: new Uint8Array(0),
    offsets: [],
    positions: { [name]: positionOf("replayed") },
    tokens: {},
    watermarks: {},
    counts: {},
    completed: false,
    now: letter.time
  })
})

/** The dead letter at an offset of the pipeline's dead-letter topic. */
export const findDeadLetter = Effect.fnUntraced(function* (
  transport: TransportShape,
  plan: PhysicalPlan,
  place: DeadLetterPlace
): Effect.fn.Return<StoredDeadLetter, ReplayError | TransportError> {
  const topic = plan.chains[0]?.deadLetterTopic ?? ""
  const [batch] = yield* transport.read(topic, place.partition, place.offset, 1)
  const letter = batch && readDeadLetters(batch.frame).get(Number(place.offset - batch.baseOffset))
  if (letter !== undefined) return letter
  return yield* new ReplayError({
    code: "NOT_FOUND",
    message: `there is no dead letter at offset ${place.offset} of partition ${place.partition} of ${topic}`
  })
})

function instructionFrame(letter: StoredDeadLetter, frame: Uint8Array): Uint8Array {
  const header = openBatch(frame)
  const writer = new BatchWriter()
  writer.begin(replaySchemaHash)
  const text = (value: string): Uint8Array => encodeUtf8(value) ?? new Uint8Array(0)
  writer.beginRecord(
    {
      timestamp: header.baseTimestamp,
      key: null,
      headers: [
        ["node", text(letter.node)],
        ["input", text(letter.input)]
      ]
    },
    frame.length + 5
  )
  // Avro bytes: the length as a zigzag varint, never negative here.
  writer.sink.varint(frame.length * 2)
  writer.sink.copy(frame, 0, frame.length)
  writer.endRecord()
  return writer.finish()
}

/** The instruction of the cursor's record; undefined when it is none. */
export function readInstruction(cursor: BatchCursor): ReplayInstruction | undefined {
  const headers = new Map(
    cursor.headers().map(([name, value]) => [name, Buffer.from(value).toString("utf8")])
  )
  const node = headers.get("node")
  const input = headers.get("input")
  const value = cursor.value()
  if (node === undefined || input === undefined || value === null) return undefined
  let at = 0
  while ((value[at] ?? 0) > 0x7f) at += 1
  return { node, input, frame: value.slice(at + 1) }
}
