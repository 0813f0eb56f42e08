import * as Effect from "effect/Effect"
import type { ChainInput } from "../../plan/physical.ts"
import type { Checkpoint, TransportError, TransportShape } from "../../transport/transport.ts"

/** One input of a task of which not all is committed. */
export interface Behind {
  readonly topic: string
  /** The first offset that is not committed. */
  readonly next: bigint
  readonly records: number
}

/** By what is committed, not by what is in hand: a task that hangs in a batch, or tries one again, falls behind too. */
export const recordsBehind = (
  inputs: readonly ChainInput[],
  partition: number,
  checkpoint: Checkpoint | undefined,
  transport: TransportShape
): Effect.Effect<readonly Behind[], TransportError> =>
  Effect.gen(function* () {
    const behind: Behind[] = []
    for (const { topic } of inputs) {
      const committed = checkpoint?.offsets.find(
        (offset) => offset.topic === topic && offset.partition === partition
      )
      const next = committed?.next ?? 0n
      const end = yield* transport.end(topic, partition)
      if (end > next) behind.push({ topic, next, records: Number(end - next) })
    }
    return behind
  })
