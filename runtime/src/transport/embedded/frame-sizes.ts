export interface SizedFrame {
  readonly base: bigint
  /** Offset after it. */
  readonly end: bigint
  readonly bytes: number
}

/** Remembered of those that were appended, at most: 2,048 frames are half a gibibyte of large ones, and small ones are quickly read. */
const mostAppended = 2_048

/**
 * How large a partition's frames are, the oldest first, as far as that is known without reading them: those that were looked at,
 * and those that were appended, without a break in either.
 */
export class FrameSizes {
  private looked: SizedFrame[] = []
  private appended: SizedFrame[] = []

  /** A frame that became the partition's last. */
  append(frame: SizedFrame): void {
    const last = this.appended.at(-1)
    if (last !== undefined && (last.end !== frame.base || this.appended.length >= mostAppended))
      this.appended = []
    this.appended.push(frame)
  }

  /** Frames below `first` are gone. */
  dropBelow(first: bigint): void {
    this.looked = below(this.looked, first)
    this.appended = below(this.appended, first)
  }

  /**
   * Frames from `first` on. `look` is asked for those from an offset on where they are not known; it may answer some of them, and those
   * beyond the first that is known again are left out.
   */
  *from(first: bigint, look: (from: bigint) => readonly SizedFrame[]): Iterable<SizedFrame> {
    for (let next = first; ;) {
      let found = this.known(next)
      if (found.length === 0) found = this.looked = this.unknownOf(look(next))
      if (found.length === 0) return
      yield* found
      next = found.at(-1)?.end ?? next
    }
  }

  private unknownOf(frames: readonly SizedFrame[]): SizedFrame[] {
    const known = this.appended[0]?.base
    return frames.filter(({ base }) => known === undefined || base < known || base >= (this.end ?? known))
  }

  /** After the last that is known. */
  private get end(): bigint | undefined {
    return this.appended.at(-1)?.end
  }

  private known(from: bigint): readonly SizedFrame[] {
    for (const frames of [this.looked, this.appended]) {
      const at = frames.findIndex(({ base }) => base === from)
      if (at >= 0) return at === 0 ? frames : frames.slice(at)
    }
    return []
  }
}

function below(frames: SizedFrame[], first: bigint): SizedFrame[] {
  let gone = 0
  while (gone < frames.length && (frames[gone]?.base ?? first) < first) gone += 1
  if (gone > 0) frames.splice(0, gone)
  return frames
}
