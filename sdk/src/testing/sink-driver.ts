import type { SegmentResult } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { TestError } from "./test-error.ts"
import { sandboxError, type TestNode } from "./test-node.ts"
import { frameOf, type TestStream } from "./test-stream.ts"

/** Records of the input, and what was committed before them. */
export interface SinkBatch {
  readonly from: number
  readonly to: number
  /** No record follows. */
  readonly end: boolean
  readonly tokenJson: string | undefined
}

/** Calls a sink as its task would, a step at a time. */
export class SinkDriver {
  readonly #node: TestNode
  readonly #stream: TestStream

  constructor(node: TestNode, stream: TestStream) {
    this.#node = node
    this.#stream = stream
  }

  recover(tokenJson: string | undefined): Effect.Effect<void, TestError> {
    const { host, segment } = this.#node
    const place = { id: "test/recover", partition: 0 }
    return Effect.mapError(segment.recoverSink(tokenJson, place, host.segmentHost), sandboxError)
  }

  write({ end, from, to, tokenJson }: SinkBatch): Effect.Effect<SegmentResult, TestError> {
    const { host, inputs, seed, segment } = this.#node
    const frame = frameOf(this.#stream, inputs["input"]!, from, to)
    const place = { input: "input", topic: "input", topicPartition: 0, baseOffset: BigInt(from), frame }
    const call = {
      partition: 0,
      now: host.now,
      seed,
      head: { kind: "records" as const, inputs: [place], end },
      tables: [],
      sink: {
        id: batchId(from, to),
        firstOffset: BigInt(from),
        lastOffset: BigInt(Math.max(from, to - 1)),
        tokenJson,
        recordPrefix: "test"
      }
    }
    return Effect.mapError(segment.call(call, host.segmentHost), sandboxError)
  }

  /** After the commit of a batch: what is durable now becomes visible. */
  commit(tokenJson: string, { from, to }: Pick<SinkBatch, "from" | "to">): Effect.Effect<void, TestError> {
    const { host, segment } = this.#node
    const place = { id: batchId(from, to), partition: 0 }
    return Effect.mapError(segment.commitSink(tokenJson, place, host.segmentHost), sandboxError)
  }
}

const batchId = (from: number, to: number): string => `test/${from}-${to}`
