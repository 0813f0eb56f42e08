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

/** What of a log is looked at for lags, and what was found there before. */
export interface LagSurroundings {
  readonly transport: TransportShape
  readonly times: CommitTimes
  readonly written: WrittenTimes
  /** ms since 1970 */
  readonly now: number
}

/** See {@link recordsBehind}. */
export const taskLag = (
  inputs: readonly ChainInput[],
  partition: number,
  checkpoint: Checkpoint | undefined,
  around: LagSurroundings
): Effect.Effect<TaskLag, TransportError> =>
  Effect.gen(function* () {
    let records = 0
    let since: number | undefined
    for (const behind of yield* recordsBehind(inputs, partition, checkpoint, around.transport)) {
      records += behind.records
      const written = yield* around.written.at({ ...behind, partition }, around)
      since = since === undefined ? written : Math.min(since, written)
    }
    return { records, since }
  })

/** When records were written that tasks go on with, as it was found last: a log that does not answer leaves them as old as they are. */
export class WrittenTimes {
  private readonly found = new Map<string, { readonly next: bigint; readonly writtenAt: number }>()

  /** ms since 1970. A record that could not be looked at yet is new. */
  at(
    { next, partition, topic }: { readonly topic: string; readonly partition: number; readonly next: bigint },
    around: LagSurroundings
  ): Effect.Effect<number> {
    const place = `${topic}/${partition}`
    return writtenAt(topic, partition, next, around).pipe(
      Effect.tap((written) => Effect.sync(() => this.found.set(place, { next, writtenAt: written }))),
      Effect.orElseSucceed(() => {
        const last = this.found.get(place)
        return last?.next === next ? last.writtenAt : around.now
      })
    )
  }
}

/** What is not known was written before everything that is. */
const writtenAt = (
  topic: string,
  partition: number,
  offset: bigint,
  { times, transport }: LagSurroundings
): Effect.Effect<number, TransportError> =>
  Effect.map(transport.read(topic, partition, offset, 1), ([batch]) => {
    if (batch === undefined) return times.startedAt
    const header = openBatch(batch.frame)
    return times.of(header.producer, header.partition, header.sequence)?.committedAt ?? times.startedAt
  })
