import { openBatch } from "@millrace/sdk/record"
import type { InputFrame } from "../segment.ts"
import { cutFrame, mapFrame } from "./cut-frame.ts"
import type { FrameMap } from "./cut-frame.ts"
import { placeOfCut } from "./offsets.ts"

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
      open.push(cutInput(input, map, from, to))
      room -= to - from
      from = to
      if (room === 0) close()
    }
  }
  close()
  return pieces
}

/**
 * The first `size` records of a piece and what is left, undefined when nothing is. A little more than `size` stays whole: to cut
 * costs a walk over the frame.
 */
export function splitPiece(
  piece: Piece,
  size: number
): { readonly head: Piece; readonly tail: Piece | undefined } {
  if (piece.count <= 2 * size) return { head: piece, tail: undefined }
  const head: InputFrame[] = []
  const tail: InputFrame[] = []
  let room = size
  for (const input of piece.inputs) {
    const { count } = openBatch(input.frame)
    const taken = Math.min(room, count)
    room -= taken
    if (taken === 0) tail.push(input)
    else if (taken === count) head.push(input)
    else {
      const map = mapFrame(input.frame)
      head.push(cutInput(input, map, 0, taken))
      tail.push(cutInput(input, map, taken, count))
    }
  }
  return { head: { inputs: head, count: size }, tail: { inputs: tail, count: piece.count - size } }
}

function cutInput({ leaps, ...input }: InputFrame, map: FrameMap, from: number, to: number): InputFrame {
  const place = placeOfCut(leaps === undefined ? input : { ...input, leaps }, from, to)
  return { ...input, ...place, frame: cutFrame(map, from, to) }
}

/** Bytes of a piece's frames. */
export function bytesOf(piece: Piece): number {
  return piece.inputs.reduce((sum, input) => sum + input.frame.length, 0)
}
