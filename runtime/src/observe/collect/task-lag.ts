import { openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { ChainInput } from "../../plan/physical.ts"
import type { Checkpoint, TransportError, TransportShape } from "../../transport/transport.ts"
import type { CommitTimes } from "../../worker/time/commit-times.ts"

/** How far a task is behind what was written for it. */
export interface TaskLag {
  readonly records: number
  /** When the oldest record that is not committed was written, ms since 1970; undefined when there is none. */
  readonly since: number | undefined
}

/** By what is committed, not by what is in hand: a task that hangs in a batch falls behind too. */
export const taskLag = (
  inputs: readonly ChainInput[],
  partition: number,
  checkpoint: Checkpoint | undefined,
  around: { readonly transport: TransportShape; readonly times: CommitTimes }
): Effect.Effect<TaskLag, TransportError> =>
  Effect.gen(function* () {
    let records = 0
    let since: number | undefined
    for (const { topic } of inputs) {
      const committed = checkpoint?.offsets.find(
        (offset) => offset.topic === topic && offset.partition === partition
      )
      const next = committed?.next ?? 0n
      const end = yield* around.transport.end(topic, partition)
      if (end <= next) continue
      records += Number(end - next)
      const written = yield* writtenAt(topic, partition, next, around)
      since = since === undefined ? written : Math.min(since, written)
    }
    return { records, since }
  })

/** What is not known was written before everything that is. */
const writtenAt = (
  topic: string,
  partition: number,
  offset: bigint,
  { times, transport }: { readonly transport: TransportShape; readonly times: CommitTimes }
): Effect.Effect<number, TransportError> =>
  Effect.map(transport.read(topic, partition, offset, 1), ([batch]) => {
    if (batch === undefined) return times.startedAt
    const header = openBatch(batch.frame)
    return times.of(header.producer, header.partition, header.sequence)?.committedAt ?? times.startedAt
  })
