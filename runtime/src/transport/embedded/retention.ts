import type { Checkpoint, Topic } from "../transport.ts"
import { baseOffsetOf, logKey } from "./keys.ts"
import { PartitionLogs } from "./partition-log.ts"
import type { Store } from "./store.ts"
import { openValue, sealValue, valuePrefixBytes } from "./value.ts"

/** What a partition of a topic with a bound keeps: the offset of its first record, and the bytes of its frames. */
export interface Kept {
  readonly first: bigint
  readonly bytes: number
}

/** An append drops at most so many times its own bytes: what is beyond the bound goes soon, and no commit waits for it. */
const dropFactor = 2
/** Frames looked at in an append, at most. */
const mostFrames = 64

/**
 * Drops the oldest frames of partitions that are to keep so many bytes and no more, with the appends that go beyond: no
 * transaction, and so no flush, of its own. INVARIANT: a record that a task with a checkpoint has yet to read stays.
 */
export class Retention {
  private readonly kept = new Map<string, Kept>()
  /** By partition: the next offset of each task that reads it, for all tasks that ever committed. Read once it is asked for. */
  private floors: Floors | undefined
  private readonly store: Store
  private readonly checkpoints: () => readonly TaskCheckpoint[]

  constructor(store: Store, checkpoints: () => readonly TaskCheckpoint[]) {
    this.store = store
    this.checkpoints = checkpoints
  }

  /** Before a transaction that appends to a partition with a bound. */
  keptOf(topicId: number, partition: number): Kept {
    this.floors ??= this.readFloors()
    const place = PartitionLogs.place(topicId, partition)
    const known = this.kept.get(place)
    if (known !== undefined) return known
    const found = this.store.read(() => this.stored(place)) ?? { first: 0n, bytes: 0 }
    this.kept.set(place, found)
    return found
  }

  /** Before a topic that had none gets a bound: reads all its frames. */
  measure({ id, partitions }: { readonly id: number; readonly partitions: number }): void {
    for (let partition = 0; partition < partitions; partition++) {
      const place = PartitionLogs.place(id, partition)
      const kept = this.store.read(() => this.measured(id, partition))
      this.store.write(() => this.store.meta.put(rowKey(place), sealKept(kept)))
      this.kept.set(place, kept)
    }
  }

  /** The first offset that is there; 0 where nothing was ever dropped. */
  first(topicId: number, partition: number): bigint {
    const place = PartitionLogs.place(topicId, partition)
    return (this.kept.get(place) ?? this.store.read(() => this.stored(place)))?.first ?? 0n
  }

  /** Inside a transaction, after a frame of `appended` bytes was put: drops what is beyond the bound; answers what is kept then. */
  append(
    topic: Topic,
    partition: number,
    before: Kept,
    { appended, retainBytes }: { readonly appended: number; readonly retainBytes: number }
  ): Kept {
    let { bytes, first } = before
    bytes += appended
    if (bytes > retainBytes) {
      const floor = this.floor(topic.name, partition)
      let allowed = appended * dropFactor
      for (const { end, key, size } of this.oldest(topic.id, partition, first)) {
        if (allowed <= 0 || end > floor || bytes - size < retainBytes) break
        this.store.log.remove(key)
        bytes -= size
        allowed -= size
        first = end
      }
    }
    const after = { first, bytes }
    this.store.meta.put(rowKey(PartitionLogs.place(topic.id, partition)), sealKept(after))
    return after
  }

  /** Inside a transaction: the partition keeps so many bytes less. */
  shrink(place: string, { bytes, first }: Kept, freed: number): Kept {
    const after = { first, bytes: bytes - freed }
    this.store.meta.put(rowKey(place), sealKept(after))
    return after
  }

  /** Up to here every task is past a partition that has a checkpoint with an offset in it; the highest offset where there is none. */
  unread(topic: string, partition: number): bigint {
    this.floors ??= this.readFloors()
    return this.floor(topic, partition)
  }

  /** After it became durable. */
  moved(place: string, kept: Kept): void {
    this.kept.set(place, kept)
  }

  /** A task has committed. */
  read(task: string, offsets: Checkpoint["offsets"]): void {
    if (this.floors === undefined) return
    for (const { next, partition, topic } of offsets) note(this.floors, task, `${topic}/${partition}`, next)
  }

  /** Checkpoints came or went otherwise than by commits. */
  forgetReaders(): void {
    this.floors = undefined
  }

  forget(topicId: number): void {
    for (const place of this.kept.keys()) if (place.startsWith(`${topicId}/`)) this.kept.delete(place)
  }

  static prefix(topicId: number): Buffer {
    return rowKey(`${topicId}/`)
  }

  private readFloors(): Floors {
    const floors: Floors = new Map()
    for (const { offsets, task } of this.checkpoints())
      for (const { next, partition, topic } of offsets) note(floors, task, `${topic}/${partition}`, next)
    return floors
  }

  private floor(topic: string, partition: number): bigint {
    let least: bigint | undefined
    for (const next of this.floors?.get(`${topic}/${partition}`)?.values() ?? [])
      if (least === undefined || next < least) least = next
    // Whom nobody reads: only the bound holds it.
    return least ?? 0xffff_ffff_ffff_ffffn
  }

  /** Frames from the oldest on, but the newest, by which the partition's end is known. */
  private *oldest(topicId: number, partition: number, first: bigint) {
    const range = {
      start: logKey(topicId, partition, first),
      end: logKey(topicId, partition, 0xffff_ffff_ffff_ffffn),
      limit: mostFrames
    }
    let before: { readonly key: Buffer; readonly size: number } | undefined
    for (const { key, value } of this.store.log.entries(range)) {
      if (before !== undefined) yield { ...before, end: baseOffsetOf(key) }
      before = { key: Buffer.from(key), size: value.length - valuePrefixBytes }
    }
  }

  private stored(place: string): Kept | undefined {
    const row = this.store.meta.get(rowKey(place))
    const value = row === undefined ? undefined : openValue(row)
    if (value === undefined || value.length < 16) return undefined
    return { first: value.readBigUInt64LE(0), bytes: Number(value.readBigUInt64LE(8)) }
  }

  /** Bytes of all frames of a partition. */
  bytesOf(topicId: number, partition: number): number {
    return this.store.read(() => this.measured(topicId, partition)).bytes
  }

  private measured(topicId: number, partition: number): Kept {
    const range = {
      start: logKey(topicId, partition, 0n),
      end: logKey(topicId, partition, 0xffff_ffff_ffff_ffffn)
    }
    let kept: Kept | undefined
    for (const { key, value } of this.store.log.entries(range))
      kept = {
        first: kept?.first ?? baseOffsetOf(key),
        bytes: (kept?.bytes ?? 0) + value.length - valuePrefixBytes
      }
    return kept ?? { first: 0n, bytes: 0 }
  }
}

/** What a task has committed, and a name for it. */
export interface TaskCheckpoint {
  readonly task: string
  readonly offsets: Checkpoint["offsets"]
}

type Floors = Map<string, Map<string, bigint>>

function note(floors: Floors, task: string, place: string, next: bigint): void {
  const readers = floors.get(place) ?? new Map<string, bigint>()
  floors.set(place, readers.set(task, next))
}

function rowKey(place: string): Buffer {
  return Buffer.from(`kept:${place}`)
}

function sealKept({ bytes, first }: Kept): Buffer {
  const value = Buffer.allocUnsafe(16)
  value.writeBigUInt64LE(first, 0)
  value.writeBigUInt64LE(BigInt(bytes), 8)
  return sealValue(value)
}
