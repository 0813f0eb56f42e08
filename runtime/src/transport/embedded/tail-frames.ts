import type { LogBatch } from "../transport.ts"

/** Of all partitions together. */
const mostBytes = 4 * 1024 * 1024
/** What was appended before the last so many frames is not kept. */
const mostFrames = 1_024
/** Of one partition: who has more to read takes them from the store at once. Frames that are kept for long make collections of the whole heap. */
const mostOfPartition = 16

interface TailFrame {
  readonly place: string
  readonly batch: LogBatch
  /** Offset after it. */
  readonly next: bigint
  /** Frames that were appended before it. */
  readonly number: number
}

/**
 * The frames that were appended last, as the log has them: who reads a partition soon after it was written to, as tasks do, needs
 * neither the store nor its copy nor its CRC. Of each partition the newest without a break, or none.
 */
export class TailFrames {
  /** Those of a partition, the oldest first. */
  private readonly places = new Map<string, TailFrame[]>()
  /** All of them, each at its number modulo the length. */
  private readonly ring: (TailFrame | undefined)[] = Array.from({ length: mostFrames }, () => undefined)
  private appended = 0
  /** None that is kept has a lower number. */
  private oldest = 0
  private bytes = 0

  /** `next`: offset after it. */
  add(place: string, batch: LogBatch, next: bigint): void {
    const frames = this.places.get(place) ?? []
    if (frames.length === 0) this.places.set(place, frames)
    if (this.appended - this.oldest === mostFrames) this.dropOldest()
    if (frames.length === mostOfPartition) this.dropFirst(frames)
    const frame = { place, batch, next, number: this.appended }
    frames.push(frame)
    this.ring[this.appended % mostFrames] = frame
    this.appended += 1
    this.bytes += batch.frame.length
    while (this.bytes > mostBytes) this.dropOldest()
  }

  /** Frames up to `end` until `maxBytes` are reached; none where no frame that is kept begins at `offset`. */
  read(
    place: string,
    { end, maxBytes, offset }: { readonly offset: bigint; readonly end: bigint; readonly maxBytes: number }
  ): readonly LogBatch[] {
    const found: LogBatch[] = []
    let bytes = 0
    let next = offset
    for (const { batch, next: after } of this.places.get(place) ?? []) {
      if (batch.baseOffset !== next) continue
      if (next >= end || (found.length > 0 && bytes >= maxBytes)) break
      found.push(batch)
      bytes += batch.frame.length
      next = after
    }
    return found
  }

  /** The log has nothing of a partition below `first` any more. */
  dropBelow(place: string, first: bigint): void {
    const frames = this.places.get(place) ?? []
    while (frames[0] !== undefined && frames[0].batch.baseOffset < first) this.dropFirst(frames)
  }

  forget(topicId: number): void {
    for (const [place, frames] of this.places) {
      if (!place.startsWith(`${topicId}/`)) continue
      while (frames.length > 0) this.dropFirst(frames)
      this.places.delete(place)
    }
  }

  private dropOldest(): void {
    const frame = this.ring[this.oldest % mostFrames]
    this.oldest += 1
    if (frame !== undefined) this.dropFirst(this.places.get(frame.place) ?? [])
  }

  private dropFirst(frames: TailFrame[]): void {
    const frame = frames.shift()
    if (frame === undefined) return
    this.bytes -= frame.batch.frame.length
    this.ring[frame.number % mostFrames] = undefined
  }
}
