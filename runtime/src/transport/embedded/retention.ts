import type { Checkpoint, Topic } from "../transport.ts"
import { FrameSizes, type SizedFrame } from "./frame-sizes.ts"
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
/** Looked at at once to know their sizes. */
const lookBytes = 1024 * 1024
const lookFrames = 16

/**
 * Drops the oldest frames of partitions that are to keep so many bytes and no more, with the appends that go beyond: no
 * transaction, and so no flush, of its own. INVARIANT: a record that a task with a checkpoint has yet to read stays.
 */
export class Retention {
  private readonly kept = new Map<string, Kept>()
  private readonly sizes = new Map<string, FrameSizes>()
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
      let looked = 0
      for (const { base, bytes: size, end } of this.oldest(topic, partition, first)) {
        if (allowed <= 0 || end > floor || bytes - size < retainBytes || ++looked >= mostFrames) break
        this.store.log.remove(logKey(topic.id, partition, base))
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

  /** After a transaction that appended a frame to a partition with a bound, which is not compacted. */
  appended(place: string, frame: SizedFrame): void {
    this.sizesOf(place).append(frame)
  }

  /** After it became durable. */
  moved(place: string, kept: Kept): void {
    this.kept.set(place, kept)
    this.sizes.get(place)?.dropBelow(kept.first)
  }

  /** A transaction came to nothing: frames that it looked at may not be there. */
  abandoned(): void {
    this.sizes.clear()
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
    for (const map of [this.kept, this.sizes])
      for (const place of map.keys()) if (place.startsWith(`${topicId}/`)) map.delete(place)
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
  private oldest({ compact, id }: Topic, partition: number, first: bigint): Iterable<SizedFrame> {
    // What is compacted is written anew, in other sizes.
    const sizes = compact === true ? new FrameSizes() : this.sizesOf(PartitionLogs.place(id, partition))
    return sizes.from(first, (from) => this.look(id, partition, from))
  }

  private sizesOf(place: string): FrameSizes {
    const sizes = this.sizes.get(place) ?? new FrameSizes()
    this.sizes.set(place, sizes)
    return sizes
  }

  private look(topicId: number, partition: number, from: bigint): readonly SizedFrame[] {
    const range = {
      start: logKey(topicId, partition, from),
      end: logKey(topicId, partition, 0xffff_ffff_ffff_ffffn),
      limit: lookFrames
    }
    const found: SizedFrame[] = []
    let before: { readonly base: bigint; readonly bytes: number } | undefined
    let read = 0
    for (const { bytes, key } of this.store.log.sizes(range)) {
      const base = baseOffsetOf(key)
      if (before !== undefined) found.push({ ...before, end: base })
      before = { base, bytes: bytes - valuePrefixBytes }
      read += bytes
      if (found.length > 0 && read > lookBytes) break
    }
    return found
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
    for (const { bytes, key } of this.store.log.sizes(range))
      kept = {
        first: kept?.first ?? baseOffsetOf(key),
        bytes: (kept?.bytes ?? 0) + bytes - valuePrefixBytes
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
