import { openBatch } from "@millrace/sdk/record"
import type { InputFrame } from "../segment.ts"
import { cutFrame, mapFrame } from "./cut-frame.ts"
import type { FrameMap } from "./cut-frame.ts"

/** Records of a call that are run together: a run of neighbours over all its frames. */
export interface Piece {
  readonly inputs: readonly InputFrame[]
  /** Records in all. */
  readonly count: number
}

export function wholePiece(inputs: readonly InputFrame[]): Piece {
  return { inputs, count: inputs.reduce((sum, input) => sum + openBatch(input.frame).count, 0) }
}

/** Cuts a piece into neighbours of at most `size` records each, in order. */
export function cutPiece(piece: Piece, size: number): readonly Piece[] {
  const maps: readonly FrameMap[] = piece.inputs.map((input) => mapFrame(input.frame))
  const pieces: Piece[] = []
  let open: InputFrame[] = []
  let room = size
  const close = (): void => {
    if (open.length > 0) pieces.push({ inputs: open, count: size - room })
    open = []
    room = size
  }
  for (const [place, map] of maps.entries()) {
    for (let from = 0; from < map.count;) {
      const to = Math.min(map.count, from + room)
      const input = piece.inputs[place]
      open.push({ ...input, baseOffset: input.baseOffset + BigInt(from), frame: cutFrame(map, from, to) })
      room -= to - from
      from = to
      if (room === 0) close()
    }
  }
  close()
  return pieces
}

/** Bytes of a piece's frames. */
export function bytesOf(piece: Piece): number {
  return piece.inputs.reduce((sum, input) => sum + input.frame.length, 0)
}
