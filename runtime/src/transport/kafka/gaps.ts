import { attributeGap, BatchWriter, flagGaps } from "@millrace/sdk/record"

const mostGapBytes = 8

/** The frame with a gap at its end: offsets behind it that hold no record, as the markers of transactions do. */
export function withGap(frame: Uint8Array, gone: number): Uint8Array {
  const longer = new Uint8Array(frame.length + mostGapBytes)
  longer.set(frame)
  let at = frame.length + 1
  longer[at++] = attributeGap
  for (let rest = gone; ; rest = Math.floor(rest / 128)) {
    longer[at++] = rest > 127 ? (rest & 127) | 128 : rest
    if (rest <= 127) break
  }
  longer[frame.length] = at - frame.length - 1
  const whole = longer.subarray(0, at)
  const view = new DataView(whole.buffer, 0, at)
  view.setUint32(4, at, true)
  view.setUint32(8, 0, true)
  view.setUint16(12, view.getUint16(12, true) | flagGaps, true)
  view.setUint32(16, view.getUint32(16, true) + gone, true)
  return whole
}

/** A frame without records. */
export function gapFrame(gone: number): Uint8Array {
  const writer = new BatchWriter(undefined, 256)
  writer.begin(new Uint8Array(32))
  writer.appendGap(gone)
  return writer.finish()
}
