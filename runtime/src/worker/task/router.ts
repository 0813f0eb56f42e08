import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { compileKey } from "@millrace/sdk/codec"
import type { KeyCodec } from "@millrace/sdk/codec"
import {
  BatchCursor,
  BatchWriter,
  FrameFault,
  openBatch,
  partitionOf,
  partitionOfSpan
} from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { ChainOutput } from "../../plan/physical.ts"
import type { Commit, TransportShape } from "../../transport/transport.ts"
import { framed, type Imbalances } from "../ledger/ledger.ts"
import { fromTransport, taskFailure } from "./task-failure.ts"
import type { TaskFailure } from "./task-failure.ts"

export type OutputFrames = Commit["outputs"]

/** Sends a chain's output frames to the partitions of its topics. One per task: it keeps compiled keys. */
export class Router {
  private readonly keys = new Map<string, KeyCodec>()
  private readonly transport: TransportShape
  private readonly outputs: readonly ChainOutput[]
  private readonly partitions: ReadonlyMap<string, number>

  /** `partitions`: of each topic. */
  constructor(
    transport: TransportShape,
    outputs: readonly ChainOutput[],
    partitions: ReadonlyMap<string, number>
  ) {
    this.transport = transport
    this.outputs = outputs
    this.partitions = partitions
  }

  readonly route = Effect.fnUntraced(
    { self: this },
    function* (
      this: Router,
      frames: readonly { readonly output: string; readonly frame: Uint8Array }[]
    ): Effect.fn.Return<OutputFrames, TaskFailure> {
      const routed: OutputFrames[number][] = []
      for (const { output, frame } of frames) {
        const { count, schemaHash } = openBatch(frame)
        if (count === 0) continue
        for (const target of this.outputs) {
          if (target.output !== output) continue
          const key = target.key === undefined ? undefined : yield* this.keyFor(schemaHash, target.key)
          const partitions = this.partitions.get(target.topic) ?? 1
          routed.push(...splitFrame(frame, target.topic, partitions, key))
        }
      }
      return routed
    }
  )

  /** Records that were routed to a topic too few or too many. */
  imbalances(
    frames: readonly { readonly output: string; readonly frame: Uint8Array }[],
    routed: OutputFrames
  ): Imbalances {
    const found: { [place: string]: number } = Object.create(null)
    for (const target of this.outputs) {
      const given = framed(frames.filter(({ output }) => output === target.output))
      const arrived = framed(routed.filter(({ topic }) => topic === target.topic))
      // Several outputs may go to one topic: their sum is what arrives.
      const place = `to ${target.topic}`
      found[place] = (found[place] ?? -arrived) + given
    }
    for (const place of Object.keys(found)) if (found[place] === 0) delete found[place]
    return found
  }

  private readonly keyFor = Effect.fnUntraced(
    { self: this },
    function* (
      this: Router,
      hash: Uint8Array,
      fields: readonly string[]
    ): Effect.fn.Return<KeyCodec, TaskFailure> {
      const name = `${Buffer.from(hash).toString("hex")} ${JSON.stringify(fields)}`
      const known = this.keys.get(name)
      if (known !== undefined) return known
      const text = yield* Effect.mapError(this.transport.schema(hash), fromTransport)
      if (text === undefined)
        return yield* Effect.fail(taskFailure("SCHEMA_UNKNOWN", "a frame's writer schema is not in the log"))
      const codec = yield* Effect.try({
        try: () => compileKey(parseAvroOrThrow(text), fields),
        catch: (error) =>
          taskFailure(
            "KEY_INVALID",
            `no key of ${fields.join(", ")}: ${error instanceof Error ? error.message : "?"}`
          )
      })
      this.keys.set(name, codec)
      return codec
    }
  )
}

/** One frame per partition that gets records, and more where one would be too large. */
export function splitFrame(
  frame: Uint8Array,
  topic: string,
  partitions: number,
  key: KeyCodec | undefined
): OutputFrames {
  const only = key === undefined ? onlyPartition(frame, partitions) : undefined
  if (only !== undefined) return [{ topic, partition: only, frame }]
  const splitter = new Splitter(frame, topic)
  const cursor = new BatchCursor(frame)
  while (cursor.next()) {
    const isKept = key === undefined || cursor.isTombstone || cursor.isControl
    const bytes = isKept ? undefined : key.key(frame, cursor.valueStart, cursor.valueEnd)
    const partition =
      bytes === undefined
        ? partitionOfSpan(frame, cursor.keyStart, cursor.keyEnd, partitions)
        : partitionOf(bytes, partitions)
    splitter.add(partition, cursor, bytes)
  }
  return splitter.finish()
}

/** The partition of all the frame's records by the keys that they have, as where the input has as many; undefined where they differ. */
function onlyPartition(frame: Uint8Array, partitions: number): number | undefined {
  if (partitions === 1) return 0
  const cursor = new BatchCursor(frame)
  let only: number | undefined
  while (cursor.next()) {
    const partition = partitionOfSpan(frame, cursor.keyStart, cursor.keyEnd, partitions)
    if (partition !== (only ?? partition)) return undefined
    only = partition
  }
  return only
}

class Splitter {
  private readonly writers = new Map<number, BatchWriter>()
  private readonly done: OutputFrames[number][] = []
  private readonly frame: Uint8Array
  private readonly topic: string
  private readonly header: ReturnType<typeof openBatch>

  constructor(frame: Uint8Array, topic: string) {
    this.frame = frame
    this.topic = topic
    this.header = openBatch(frame)
  }

  add(partition: number, cursor: BatchCursor, key: Uint8Array | null | undefined): void {
    const writer = this.writers.get(partition) ?? this.begin(partition)
    try {
      this.append(writer, cursor, key)
    } catch (error) {
      if (!(error instanceof FrameFault) || error.code !== "TOO_LARGE" || writer.count === 0) throw error
      writer.abortRecord()
      this.done.push({ topic: this.topic, partition, frame: writer.finish() })
      this.append(this.begin(partition), cursor, key)
    }
  }

  finish(): OutputFrames {
    for (const [partition, writer] of this.writers)
      this.done.push({ topic: this.topic, partition, frame: writer.finish() })
    return this.done
  }

  private begin(partition: number): BatchWriter {
    const writer = new BatchWriter(undefined, Math.min(this.frame.length, 65_536))
    writer.begin(this.header.schemaHash, this.header.baseTimestamp)
    writer.setWatermark(this.header.watermark)
    this.writers.set(partition, writer)
    return writer
  }

  private append(writer: BatchWriter, cursor: BatchCursor, key: Uint8Array | null | undefined): void {
    if (key === undefined) return writer.appendRaw(cursor)
    writer.beginLike(cursor, key)
    writer.sink.copy(cursor.frame, cursor.valueStart, cursor.valueEnd)
    writer.endRecord()
  }
}
