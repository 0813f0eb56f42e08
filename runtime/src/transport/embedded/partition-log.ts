import { openBatch, sealBatch } from "@millrace/sdk/record"
import type { LogBatch } from "../transport.ts"
import { corrupt } from "./failure.ts"
import { baseOffsetOf, logKey } from "./keys.ts"
import type { Store } from "./store.ts"
import { TailFrames } from "./tail-frames.ts"
import { openValue, sealFrameInPlace, valuePrefixBytes } from "./value.ts"

export interface FrameOrigin {
  /** Id of the node that heads the producing chain. */
  readonly producer: number
  readonly partition: number
  readonly sequence: number
}

/** What {@link PartitionLogs.append} made. */
export interface Appended extends LogBatch {
  /** The offset after it. */
  readonly next: bigint
}

interface Hidden {
  /** The end before it. */
  readonly from: bigint
  readonly by: object
  isAcknowledged: boolean
}

/** The `log` database: frames by topic, partition and base offset. Synchronous; throws what the store throws. */
export class PartitionLogs {
  private readonly ends = new Map<string, bigint>()
  /**
   * Of each partition what was appended and is not acknowledged, and what came after it. Those that have nothing stay: a map that
   * is emptied with every commit is a new one with every commit, which V8 ties to those before it.
   */
  private readonly hidden = new Map<string, Hidden[]>()
  private readonly tail = new TailFrames()
  private readonly folder: string
  private readonly store: Store

  private readonly nameOf: (topicId: number) => string

  /** `nameOf`: a topic's name, for messages. */
  constructor(folder: string, store: Store, nameOf: (topicId: number) => string) {
    this.folder = folder
    this.store = store
    this.nameOf = nameOf
  }

  static place(topicId: number, partition: number): string {
    return `${topicId}/${partition}`
  }

  /** The offset that the next record takes. Found in the store once, then kept. */
  end(topicId: number, partition: number): bigint {
    const place = PartitionLogs.place(topicId, partition)
    const known = this.ends.get(place)
    if (known !== undefined) return known
    const end = this.store.read(() => this.findEnd(topicId, partition))
    this.ends.set(place, end)
    return end
  }

  /** The same, looked up anew. */
  storedEnd(topicId: number, partition: number): bigint {
    return this.store.read(() => this.findEnd(topicId, partition))
  }

  /** After a transaction that appended. What it appended is hidden until {@link show} is called with the same `by`. */
  moveEnd(place: string, end: bigint, by: object): void {
    const hidden = this.hidden.get(place) ?? []
    if (hidden.length === 0) this.hidden.set(place, hidden)
    hidden.push({ from: this.ends.get(place) ?? end, by, isAcknowledged: false })
    this.ends.set(place, end)
  }

  /** After the transaction that appended it: who reads it soon need not ask the store. Not for topics whose frames are written anew. */
  keep(place: string, { baseOffset, frame, next }: Appended): void {
    this.tail.add(place, { baseOffset, frame }, next)
  }

  /** Frames below `first` are gone. */
  dropped(place: string, first: bigint): void {
    this.tail.dropBelow(place, first)
  }

  /** Frames of the topic may be written anew from now on. */
  forgetTail(topicId: number): void {
    this.tail.forget(topicId)
  }

  /** What that transaction appended is acknowledged, before or after what others did. */
  show(place: string, by: object): void {
    const hidden = this.hidden.get(place) ?? []
    for (const one of hidden) if (one.by === by) one.isAcknowledged = true
    while (hidden[0]?.isAcknowledged === true) hidden.shift()
  }

  /** The end for who reads: what is not acknowledged yet is not there, nor what follows it. */
  shownEnd(topicId: number, partition: number): bigint {
    return this.hidden.get(PartitionLogs.place(topicId, partition))?.[0]?.from ?? this.end(topicId, partition)
  }

  forget(topicId: number): void {
    this.tail.forget(topicId)
    for (const map of [this.ends, this.hidden])
      for (const place of map.keys()) if (place.startsWith(`${topicId}/`)) map.delete(place)
  }

  /**
   * Appends a frame inside a transaction. The given bytes stay as they are: the log's copy, which it answers, gets producer,
   * partition, sequence and CRC.
   */
  append(topicId: number, partition: number, base: bigint, frame: Uint8Array, origin: FrameOrigin): Appended {
    const stored = Buffer.allocUnsafe(valuePrefixBytes + frame.length)
    stored.set(frame, valuePrefixBytes)
    const copy = stored.subarray(valuePrefixBytes)
    sealBatch(copy, origin)
    this.store.log.put(logKey(topicId, partition, base), sealFrameInPlace(stored))
    return { baseOffset: base, frame: copy, next: base + BigInt(openBatch(copy).count) }
  }

  /** Whole frames from the one that holds `offset` on, until `maxBytes` are reached, at least one. Throws `corrupt`. */
  read(topicId: number, partition: number, offset: bigint, maxBytes: number): readonly LogBatch[] {
    return this.readUntil(this.end(topicId, partition), topicId, partition, { offset, maxBytes })
  }

  /** The same of what is acknowledged. */
  readShown(topicId: number, partition: number, offset: bigint, maxBytes: number): readonly LogBatch[] {
    return this.readUntil(this.shownEnd(topicId, partition), topicId, partition, { offset, maxBytes })
  }

  private readUntil(
    end: bigint,
    topicId: number,
    partition: number,
    { maxBytes, offset }: { readonly offset: bigint; readonly maxBytes: number }
  ): readonly LogBatch[] {
    if (offset >= end) return []
    const kept = this.tail.read(PartitionLogs.place(topicId, partition), { offset, end, maxBytes })
    if (kept.length > 0) return kept
    return this.store.read(() => {
      const start = this.frameAt(topicId, partition, offset) ?? logKey(topicId, partition, offset)
      const found: LogBatch[] = []
      let bytes = 0
      for (const { key, value } of this.store.log.entries({ start, end: logKey(topicId, partition, end) })) {
        const frame = openValue(value)
        if (frame === undefined)
          throw corrupt(
            this.folder,
            `the batch at offset ${baseOffsetOf(key)} of partition ${partition} of topic ${this.nameOf(topicId)} fails its CRC`
          )
        found.push({ baseOffset: baseOffsetOf(key), frame })
        bytes += frame.length
        if (bytes >= maxBytes) break
      }
      return found
    })
  }

  private findEnd(topicId: number, partition: number): bigint {
    const top = logKey(topicId, partition, 0xffff_ffff_ffff_ffffn)
    for (const { key, value } of this.store.log.entries({ start: top, reverse: true, limit: 1 })) {
      if (!samePartition(key, top)) return 0n
      const frame = openValue(value)
      if (frame === undefined)
        throw corrupt(
          this.folder,
          `the last batch of partition ${partition} of topic ${this.nameOf(topicId)} fails its CRC`
        )
      return baseOffsetOf(key) + BigInt(openBatch(frame).count)
    }
    return 0n
  }

  /** Key of the frame with the greatest base offset not beyond `offset`. */
  private frameAt(topicId: number, partition: number, offset: bigint): Buffer | undefined {
    const start = logKey(topicId, partition, offset)
    for (const key of this.store.log.keys({ start, reverse: true, limit: 1 }))
      return samePartition(key, start) ? Buffer.from(key) : undefined
    return undefined
  }
}

const partitionBytes = 6

function samePartition(a: Buffer, b: Buffer): boolean {
  return a.subarray(0, partitionBytes).equals(b.subarray(0, partitionBytes))
}
