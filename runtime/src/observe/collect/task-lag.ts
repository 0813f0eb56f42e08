import { openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { ChainInput } from "../../plan/physical.ts"
import type { Checkpoint, TransportError, TransportShape } from "../../transport/transport.ts"
import type { CommitTimes } from "../../worker/time/commit-times.ts"
import { recordsBehind } from "../../worker/time/records-behind.ts"

/** How far a task is behind what was written for it. */
export interface TaskLag {
  readonly records: number
  /** When the oldest record that is not committed was written, ms since 1970; undefined when there is none. */
  readonly since: number | undefined
}

/** See {@link recordsBehind}. */
export const taskLag = (
  inputs: readonly ChainInput[],
  partition: number,
  checkpoint: Checkpoint | undefined,
  around: { readonly transport: TransportShape; readonly times: CommitTimes }
): Effect.Effect<TaskLag, TransportError> =>
  Effect.gen(function* () {
    let records = 0
    let since: number | undefined
    for (const behind of yield* recordsBehind(inputs, partition, checkpoint, around.transport)) {
      records += behind.records
      const written = yield* writtenAt(behind.topic, partition, behind.next, around)
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
