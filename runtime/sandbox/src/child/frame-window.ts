import type { MappedArea } from "../protocol/mapped-area.ts"
import { areaBytes } from "../protocol/shared-layout.ts"

/**
 * Where the frames of a call are put for the realms of all isolates of this process, and where these put what they made of them, each
 * for as long as nothing else is called: no buffer is made, moved or collected for them. INVARIANT: no plugin has it, for the harness gives it to none.
 */
export interface FrameWindow {
  /** By which harnesses know it. */
  readonly number: number
  /** The worker has it as well: it is the beginning of the question's area. */
  readonly isMapped: boolean
  /** Others once it is wider. */
  readonly bytes: Uint8Array
  /** Makes room for a call that gives as much as the one that had none. */
  readonly widen: (needed: number) => void
  /** The same memory for an isolate, as much of it as it may have: shared, or to be moved there. */
  readonly give: (mostBytes: number) => ArrayBufferLike
}

const firstBytes = 1 << 20

/** Memory of this process alone; what is in it was read from the shared file, and is written there. */
export class OwnWindow implements FrameWindow {
  readonly number = 0
  readonly isMapped = false
  bytes: Uint8Array = new Uint8Array(new SharedArrayBuffer(firstBytes))

  widen(needed: number): void {
    let size = this.bytes.length
    while (size < needed && size < areaBytes) size *= 2
    if (size !== this.bytes.length)
      this.bytes = new Uint8Array(new SharedArrayBuffer(Math.min(size, areaBytes)))
  }

  give(): ArrayBufferLike {
    return this.bytes.buffer
  }
}

/** The area of a turn's questions. */
export class MappedWindow implements FrameWindow {
  readonly number: number
  readonly isMapped = true
  private readonly area: MappedArea

  constructor(turn: number, area: MappedArea) {
    this.number = turn + 1
    this.area = area
  }

  get bytes(): Uint8Array {
    return this.area.bytes
  }

  widen(needed: number): void {
    this.area.widen(needed)
  }

  give(mostBytes: number): ArrayBufferLike {
    return this.area.again(Math.min(this.bytes.length, mostBytes))
  }
}
