import type { LogBatch } from "../transport.ts"

/** Of all partitions together. */
const mostBytes = 4 * 1024 * 1024
const mostFrames = 1_024

interface TailFrame {
  readonly place: string
  readonly batch: LogBatch
  /** Offset after it. */
  readonly next: bigint
}

/**
 * The frames that were appended last, as the log has them: who reads a partition soon after it was written to, as tasks do, needs
 * neither the store nor its copy nor its CRC. Of each partition the newest without a break, or none.
 */
export class TailFrames {
  private readonly places = new Map<string, Map<bigint, TailFrame>>()
  /** The oldest first. */
  private readonly all = new Set<TailFrame>()
  private bytes = 0

  /** `next`: offset after it. */
  add(place: string, batch: LogBatch, next: bigint): void {
    const frames = this.places.get(place) ?? new Map<bigint, TailFrame>()
    const frame = { place, batch, next }
    this.places.set(place, frames.set(batch.baseOffset, frame))
    this.all.add(frame)
    this.bytes += batch.frame.length
    for (const oldest of this.all) {
      if (this.bytes <= mostBytes && this.all.size <= mostFrames) break
      this.remove(oldest)
    }
  }

  /** Frames up to `end` until `maxBytes` are reached; none where no frame that is kept begins at `offset`. */
  read(
    place: string,
    { end, maxBytes, offset }: { readonly offset: bigint; readonly end: bigint; readonly maxBytes: number }
  ): readonly LogBatch[] {
    const found: LogBatch[] = []
    const frames = this.places.get(place)
    if (frames === undefined) return found
    let bytes = 0
    for (let next = offset; next < end && (found.length === 0 || bytes < maxBytes);) {
      const frame = frames.get(next)
      if (frame === undefined) break
      found.push(frame.batch)
      bytes += frame.batch.frame.length
      next = frame.next
    }
    return found
  }

  /** The log has nothing of a partition below `first` any more. */
  dropBelow(place: string, first: bigint): void {
    for (const frame of this.places.get(place)?.values() ?? []) {
      if (frame.batch.baseOffset >= first) return
      this.remove(frame)
    }
  }

  forget(topicId: number): void {
    for (const frame of this.all) if (frame.place.startsWith(`${topicId}/`)) this.remove(frame)
  }

  private remove(frame: TailFrame): void {
    this.all.delete(frame)
    this.bytes -= frame.batch.frame.length
    const frames = this.places.get(frame.place)
    frames?.delete(frame.batch.baseOffset)
    if (frames?.size === 0) this.places.delete(frame.place)
  }
}
