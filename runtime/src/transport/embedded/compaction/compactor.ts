import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import { Failpoint } from "../../../telemetry/failpoint.ts"
import { deletesToldMs } from "../../transport.ts"
import type { Topic, TransportError } from "../../transport.ts"
import { readFailure, writeFailure } from "../failure.ts"
import type { PartitionLogs } from "../partition-log.ts"
import type { Kept, Retention } from "../retention.ts"
import type { Store } from "../store.ts"
import type { Compaction, CompactionStep } from "./compaction.ts"
import type { CompactionRow } from "./compaction-row.ts"
import { compactionRound } from "./compaction-round.ts"
import type { RoundInput, RoundResult } from "./compaction-round.ts"

/** Below it a partition is not worth a round. */
const leastDirtyBytes = 1024 * 1024
/** Of a round: 12 MiB in memory. A partition with more keys takes several rounds. */
const mostKeys = 384 * 1024
const stepBytes = 64 * 1024
/** Without a commit for so long, what is to be written stands in nobody's way. */
const quietAfterMs = 1_000

/** How eagerly a log compacts; what is absent is as everybody has it. */
export interface CompactionPace {
  readonly leastDirtyBytes?: number
  /** What has come since the last round, against what that left: from which share on a round is due; 1 unless said otherwise. */
  readonly leastShare?: number
  readonly mostKeys?: number
  readonly stepBytes?: number
  readonly quietAfterMs?: number
}

export interface Compactor {
  /** To be called when a partition that is compacted has grown. */
  readonly grown: () => void
}

/** So many bytes have to come before a round is due. */
function dueAt(
  { leastDirtyBytes: least = leastDirtyBytes, leastShare = 1 }: CompactionPace,
  { kept }: CompactionRow
): number {
  return Math.max(least, kept * leastShare)
}

interface Parts {
  readonly folder: string
  readonly store: Store
  readonly logs: PartitionLogs
  readonly retention: Retention
  readonly compaction: Compaction
  readonly topics: () => Iterable<Topic>
  readonly pace: CompactionPace
}
interface Due {
  readonly topic: Topic
  readonly partition: number
}

/**
 * Compacts partitions in the background, in the scope, one after the other: each once it has grown by as much as its last round
 * left of it. A round that fails is tried again when it has grown further.
 */
export function makeCompactor(parts: Parts): Effect.Effect<Compactor, never, Scope.Scope> {
  return Effect.gen(function* () {
    const { compaction, pace } = parts
    const latch = yield* Latch.make(true)
    /** By partition: how much had come when a round got nowhere, or failed. */
    const resting = new Map<string, number>()
    const nextDue = (): Due | undefined => {
      for (const topic of parts.topics()) {
        if (topic.compact !== true) continue
        for (let partition = 0; partition < topic.partitions; partition++) {
          const row = compaction.rowOf(topic.id, partition)
          const rested = resting.get(`${topic.id}/${partition}`) ?? 0
          if (row.dirty - rested >= dueAt(pace, row)) return { topic, partition }
        }
      }
      return undefined
    }
    const step = makeWriter(parts)
    const compactDue = Effect.gen(function* () {
      yield* latch.await
      yield* latch.close
      for (let due = nextDue(); due !== undefined; due = nextDue()) {
        const place = `${due.topic.id}/${due.partition}`
        const before = compaction.rowOf(due.topic.id, due.partition)
        resting.set(place, before.dirty)
        yield* runRound(parts, due, step).pipe(
          Effect.catch((error) => Effect.logWarning(`${due.topic.name} could not be compacted yet`, error))
        )
        if (compaction.rowOf(due.topic.id, due.partition).clean > before.clean) resting.delete(place)
        yield* Effect.yieldNow
      }
    })
    yield* Effect.forkScoped(Effect.forever(compactDue))
    return {
      grown: () => {
        if (nextDue() !== undefined) latch.openUnsafe()
      }
    }
  })
}

type WriteStep = (step: CompactionStep) => Effect.Effect<void, TransportError>

/** Writes steps with the commits of others, or alone where there are none. */
function makeWriter({ compaction, folder, pace, store }: Parts): WriteStep {
  let quietSince = -1
  const alone = (step: CompactionStep) =>
    Effect.try({
      try: () => {
        const draft = { rows: new Map<string, CompactionRow>(), kept: new Map<string, Kept>() }
        const ride = compaction.ride(step, draft)
        store.commit(() => compaction.write(ride, draft), step.bytes)
        compaction.settle(ride, draft)
      },
      catch: (cause) => writeFailure(folder, step.bytes, cause)
    })
  return (step) =>
    Effect.gen(function* () {
      let answered: Effect.Effect<void, TransportError> | undefined
      const along = Effect.callback<void>((resume) => {
        const takeBack = compaction.offer(step, (failure) => {
          answered = failure === undefined ? Effect.void : Effect.fail(failure)
          resume(Effect.void)
        })
        return Effect.sync(takeBack)
      })
      // What was written is never offered again, even where its answer and the end of the wait come at once.
      while (answered === undefined) {
        const { commits } = compaction
        if (commits === quietSince) return yield* alone(step)
        yield* Effect.timeoutOption(along, pace.quietAfterMs ?? quietAfterMs)
        if (compaction.commits === commits) quietSince = commits
      }
      yield* answered
    })
}

function runRound(parts: Parts, due: Due, write: WriteStep): Effect.Effect<void, TransportError> {
  const { compaction, folder, retention } = parts
  const { partition, topic } = due
  const place = { topic, partition }
  return Effect.gen(function* () {
    const failpoint = yield* Failpoint
    const deletes = deletesOf(
      compaction.rowOf(topic.id, partition),
      retention.unread(topic.name, partition),
      yield* Clock.currentTimeMillis
    )
    const begin = () => compactionRound(roundInput(parts, due, deletes.below))
    const steps = yield* Effect.try({ try: begin, catch: (cause) => readFailure(folder, cause) })
    for (;;) {
      const taken = yield* Effect.try({
        try: () => steps.next(),
        catch: (cause) => readFailure(folder, cause)
      })
      if (taken.done === true) {
        const ended = rowAfter(taken.value, deletes, yield* Clock.currentTimeMillis)
        return yield* write({ ...place, runs: [], bytes: 0, ended })
      }
      if (taken.value === undefined) yield* Effect.yieldNow
      else {
        yield* write({ ...place, ...taken.value })
        failpoint("while-compacting")
      }
    }
  })
}

/** Which deletes a round takes out, and the row's word on that. */
interface Deletes extends Pick<CompactionRow, "told" | "deletesBelow"> {
  readonly below: bigint
}

/**
 * A delete is told until it has stood alone, with nothing left that it deletes, for {@link deletesToldMs}: who has read what it
 * deletes has so long to come to it. INVARIANT: one that a task with a checkpoint has yet to read stays.
 */
function deletesOf({ deletesBelow, told }: CompactionRow, unread: bigint, now: number): Deletes {
  const isOver = told !== undefined && now - told.since >= deletesToldMs
  const due = isOver ? told.below : deletesBelow
  return { below: due < unread ? due : unread, deletesBelow: due, told: isOver ? undefined : told }
}

function roundInput(
  { compaction, logs, pace, retention }: Parts,
  { partition, topic }: Due,
  deletesBelow: bigint
) {
  const row = compaction.rowOf(topic.id, partition)
  return {
    read: (offset: bigint) => logs.read(topic.id, partition, offset, 1)[0],
    start: retention.first(topic.id, partition),
    end: logs.end(topic.id, partition),
    clean: row.clean,
    deletesBelow,
    mostKeys: pace.mostKeys ?? mostKeys,
    stepBytes: pace.stepBytes ?? stepBytes,
    behind: row.dirty / dueAt(pace, row)
  } satisfies RoundInput
}

/** What was appended meanwhile is in the row that it comes to. */
function rowAfter({ clean, kept, looked }: RoundResult, { deletesBelow, told }: Deletes, now: number) {
  return (row: CompactionRow): CompactionRow => ({
    clean,
    dirty: row.dirty - looked,
    kept,
    deletesBelow,
    told: told ?? { below: clean, since: now }
  })
}
