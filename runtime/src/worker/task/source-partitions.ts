import type { SegmentHost } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { TransportShape } from "../../transport/transport.ts"
import type { OpenChain } from "../chain/open-chain.ts"
import { fromSegment, fromTransport } from "./task-failure.ts"
import type { TaskFailure } from "./task-failure.ts"

/** The partition of a chain's own task that ends its outputs; no source partition takes it. */
export const chainPartition = 0xffff

/** A source partition and the number of its task, which it keeps for ever. */
export interface NumberedPartition {
  readonly name: string
  readonly partition: number
}

/**
 * Asks the source for its partitions; those that committed before keep their numbers, new ones take the next. `running`: numbers by
 * name of those that have tasks, whether or not they committed yet.
 */
export const sourcePartitions = Effect.fnUntraced(function* (
  transport: TransportShape,
  chain: OpenChain,
  running: ReadonlyMap<string, number> = new Map()
): Effect.fn.Return<readonly NumberedPartition[], TaskFailure> {
  const [segment] = chain.segments
  const host: SegmentHost = {
    request: chain.request,
    readState: () => Effect.die(new RangeError("a source has no keyed state"))
  }
  const names =
    segment === undefined ? [] : yield* Effect.mapError(segment.sourcePartitions(host), fromSegment)
  const known = yield* Effect.mapError(transport.checkpoints(chain.pipeline), fromTransport)
  const numbers = new Map<string, number>()
  const tables = new Set(chain.tables.map(({ name }) => name))
  let next = 0
  for (const [name, partition] of running) {
    numbers.set(name, partition)
    next = Math.max(next, partition + 1)
  }
  for (const { task, checkpoint } of known) {
    if (task.node !== chain.plan.head || task.partition === chainPartition) continue
    for (const name of Object.keys(checkpoint.positions))
      if (!tables.has(name) && !numbers.has(name)) numbers.set(name, task.partition)
    next = Math.max(next, task.partition + 1)
  }
  return names.map((name) => {
    const partition = numbers.get(name) ?? next++
    return { name, partition }
  })
})
