import type { SegmentResult } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { TestError } from "./test-error.ts"
import { sandboxError, type TestNode } from "./test-node.ts"

/** What a read is asked. */
export interface ReadRequest {
  readonly partition: string
  readonly positionJson: string | undefined
  readonly maxRecords: number
  /** Default 1 MiB. */
  readonly maxBytes?: number
}

/** Calls a source as its task would, a read at a time. */
export class SourceDriver {
  readonly #node: TestNode

  constructor(node: TestNode) {
    this.#node = node
  }

  get partitions(): Effect.Effect<readonly string[], TestError> {
    const { host, segment } = this.#node
    return Effect.mapError(segment.sourcePartitions(host.segmentHost), sandboxError)
  }

  read({
    maxBytes = 1024 * 1024,
    maxRecords,
    partition,
    positionJson
  }: ReadRequest): Effect.Effect<SegmentResult, TestError> {
    const { host, seed, segment } = this.#node
    const head = { kind: "source" as const, partition, positionJson, maxRecords, maxBytes }
    const call = { partition: 0, now: host.now, seed, head, tables: [] }
    return Effect.mapError(segment.call(call, host.segmentHost), sandboxError)
  }
}
