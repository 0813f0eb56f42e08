import type { Topic, TransportError } from "../../transport.ts"
import { logKey } from "../keys.ts"
import { PartitionLogs } from "../partition-log.ts"
import type { Kept, Retention } from "../retention.ts"
import type { Store } from "../store.ts"
import { sealValue } from "../value.ts"
import { newRow, openRow, rowKey, sealRow } from "./compaction-row.ts"
import type { CompactionRow } from "./compaction-row.ts"
import { frameCostBytes } from "./frame-cost.ts"
import type { FrameRun } from "./compaction-round.ts"

/** What a round has ready to be written: with the next commit, or alone. */
export interface CompactionStep {
  readonly topic: Topic
  readonly partition: number
  readonly runs: readonly FrameRun[]
  /** About what it writes. */
  readonly bytes: number
  /** The row after it, of a round's last step. */
  readonly ended?: (row: CompactionRow) => CompactionRow
}

/** Called once: the step was written, or not, and will not be by itself. */
export type StepAnswer = (failure: TransportError | undefined) => void

/** A step, and the first offset that its partition keeps before the transaction that it goes into. */
export interface CompactionRide {
  readonly step: CompactionStep
  readonly first: bigint
}

/** What a transaction makes of the partitions that are compacted, by place; theirs once it is durable. */
export interface CompactionDraft {
  readonly rows: Map<string, CompactionRow>
  readonly kept: Map<string, Kept>
}

/** An append lets a step of at most so many times its bytes come with it, those saved up before included. */
const shareOfAppends = 2
const mostSavedBytes = 16 * 1024 * 1024

/**
 * Partitions that are to keep of each key only the newest record. What is written for that comes with the commits of others, in
 * their transactions and in proportion to what they append: no flush of its own stands in a commit's way.
 */
export class Compaction {
  /** Transactions of commits so far. */
  commits = 0
  private readonly rows = new Map<string, CompactionRow>()
  private readonly store: Store
  private readonly retention: Retention
  private readonly isThere: (topic: Topic) => boolean
  private waiting: { readonly step: CompactionStep; readonly answer: StepAnswer } | undefined
  private savedBytes = 0

  /** `isThere`: whether the topic was not deleted. */
  constructor(store: Store, retention: Retention, isThere: (topic: Topic) => boolean) {
    this.store = store
    this.retention = retention
    this.isThere = isThere
  }

  /** Outside a transaction. */
  rowOf(topicId: number, partition: number): CompactionRow {
    const place = PartitionLogs.place(topicId, partition)
    const known = this.rows.get(place)
    if (known !== undefined) return known
    const stored = this.store.read(() => this.store.meta.get(rowKey(place)))
    const row = (stored === undefined ? undefined : openRow(stored)) ?? newRow
    this.rows.set(place, row)
    return row
  }

  /** Before a topic is compacted that was not: all of it, so many bytes by partition, is to be looked through. */
  begin({ id, partitions }: Topic, bytesOf: (partition: number) => number): void {
    for (let partition = 0; partition < partitions; partition++) {
      const place = PartitionLogs.place(id, partition)
      const row = { ...newRow, dirty: bytesOf(partition) }
      this.store.write(() => this.store.meta.put(rowKey(place), sealRow(row)))
      this.rows.set(place, row)
    }
  }

  /** Offers a step to the next commits; answers how to take it back. */
  offer(step: CompactionStep, answer: StepAnswer): () => void {
    this.waiting = { step, answer }
    return () => {
      this.waiting = undefined
    }
  }

  /** Before a transaction of commits that append so much: the step that comes with it, if any. */
  along(
    { bytes, frames }: { readonly bytes: number; readonly frames: number },
    draft: CompactionDraft
  ): CompactionRide | undefined {
    this.commits += 1
    const share = (bytes + frames * frameCostBytes) * shareOfAppends
    this.savedBytes = Math.min(mostSavedBytes, this.savedBytes + share)
    const step = this.waiting?.step
    return step === undefined || step.bytes > this.savedBytes ? undefined : this.ride(step, draft)
  }

  /** Before the transaction that the step goes into. */
  ride(step: CompactionStep, draft: CompactionDraft): CompactionRide {
    const { partition, topic } = step
    const place = PartitionLogs.place(topic.id, partition)
    draft.rows.set(place, this.rowOf(topic.id, partition))
    if (topic.retainBytes !== undefined) draft.kept.set(place, this.retention.keptOf(topic.id, partition))
    return { step, first: this.retention.first(topic.id, partition) }
  }

  /** Inside a transaction, before anything is appended. */
  write({ first, step }: CompactionRide, draft: CompactionDraft): void {
    const { partition, runs, topic } = step
    const place = PartitionLogs.place(topic.id, partition)
    if (!this.isThere(topic)) return
    let freed = 0
    for (const run of runs) {
      // A bound has dropped its first frame meanwhile, which was to stand for the others.
      if (run.base < first) continue
      for (const base of run.gone) this.store.log.remove(logKey(topic.id, partition, base))
      if (run.frame !== undefined)
        this.store.log.put(logKey(topic.id, partition, run.base), sealValue(run.frame))
      freed += run.freed
    }
    const row = draft.rows.get(place) ?? newRow
    if (step.ended !== undefined) this.put(place, step.ended(row), draft)
    const kept = draft.kept.get(place)
    if (kept !== undefined) draft.kept.set(place, this.retention.shrink(place, kept, freed))
  }

  /** Inside a transaction, after so many bytes were appended. */
  append(place: string, appended: number, draft: CompactionDraft): void {
    const row = draft.rows.get(place)
    if (row !== undefined) this.put(place, { ...row, dirty: row.dirty + appended }, draft)
  }

  /** After a transaction of which nothing was kept: the step may be why, and no other commit is to fail for it. */
  refuse(ride: CompactionRide | undefined, failure: TransportError): void {
    if (ride !== undefined) this.answer(ride.step, failure)
  }

  /** After the transaction. */
  settle(ride: CompactionRide | undefined, { kept, rows }: CompactionDraft): void {
    for (const [place, row] of rows) this.rows.set(place, row)
    for (const [place, one] of kept) this.retention.moved(place, one)
    if (ride === undefined) return
    this.savedBytes = Math.max(0, this.savedBytes - ride.step.bytes)
    this.answer(ride.step, undefined)
  }

  private answer(step: CompactionStep, failure: TransportError | undefined): void {
    if (this.waiting?.step !== step) return
    const { answer } = this.waiting
    this.waiting = undefined
    answer(failure)
  }

  forget(topicId: number): void {
    for (const place of this.rows.keys()) if (place.startsWith(`${topicId}/`)) this.rows.delete(place)
  }

  static prefix(topicId: number): Buffer {
    return rowKey(`${topicId}/`)
  }

  private put(place: string, row: CompactionRow, draft: CompactionDraft): void {
    this.store.meta.put(rowKey(place), sealRow(row))
    draft.rows.set(place, row)
  }
}
