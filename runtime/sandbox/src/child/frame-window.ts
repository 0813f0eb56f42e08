import { areaBytes } from "../protocol/shared-layout.ts"

const firstBytes = 1 << 20

/**
 * Where the frames of a call are put for the realms of all isolates of this process, and where these put what they made of them, each
 * for as long as nothing else is called: no buffer is made, moved or collected for them. INVARIANT: no plugin has it, for the harness gives it to none.
 */
export class FrameWindow {
  shared: SharedArrayBuffer = new SharedArrayBuffer(firstBytes)
  bytes: Uint8Array = new Uint8Array(this.shared)

  /** Makes room for a call that gives as much as the one that had none; realms are given the new one when they are called. */
  widen(needed: number): void {
    let size = this.shared.byteLength
    while (size < needed && size < areaBytes) size *= 2
    if (size === this.shared.byteLength) return
    this.shared = new SharedArrayBuffer(Math.min(size, areaBytes))
    this.bytes = new Uint8Array(this.shared)
  }
}
