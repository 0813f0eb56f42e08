import { maxControlBytes } from "./shared-layout.ts"

/** A control frame to a sandbox process; undefined when it would be over the limit. Layout in child/control-pipe.ts. */
export function encodeControl(
  json: string,
  turn: number,
  sections: readonly number[]
): Uint8Array | undefined {
  const text = Buffer.from(json, "utf8")
  const size = 8 + 4 * sections.length + text.length
  if (size > maxControlBytes) return undefined
  const frame = Buffer.allocUnsafe(4 + size)
  frame.writeUInt32LE(size, 0)
  frame.writeUInt32LE(turn, 4)
  frame.writeUInt32LE(sections.length, 8)
  sections.forEach((length, place) => frame.writeUInt32LE(length, 12 + 4 * place))
  text.copy(frame, 12 + 4 * sections.length)
  return frame
}

/** Takes whole control frames out of what comes through a pipe: u32 LE length, JSON. */
export class ControlReader {
  private chunks: Buffer[] = []
  private held = 0

  /** The texts that are whole now. Undefined when a header is malformed: who sent it is not to be believed any more. */
  push(chunk: Buffer, maxBytes: number): readonly string[] | undefined {
    this.chunks.push(chunk)
    this.held += chunk.length
    const texts: string[] = []
    while (this.held >= 4) {
      const head = this.joined()
      const size = head.readUInt32LE(0)
      if (size === 0 || size > maxBytes) return undefined
      if (this.held < 4 + size) break
      texts.push(head.toString("utf8", 4, 4 + size))
      this.chunks = [head.subarray(4 + size)]
      this.held -= 4 + size
    }
    return texts
  }

  private joined(): Buffer {
    if (this.chunks.length !== 1) this.chunks = [Buffer.concat(this.chunks)]
    return this.chunks[0]
  }
}
