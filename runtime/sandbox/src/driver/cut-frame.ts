import { BatchCursor, frameHeaderBytes } from "@millrace/sdk/record"

/** Where the records of a frame stand, to cut it without looking into them again. */
export interface FrameMap {
  readonly frame: Uint8Array
  readonly count: number
  /** Record i is `frame[starts[i], starts[i + 1])`. */
  readonly starts: Uint32Array
  /** 1 for a control record. */
  readonly control: Uint8Array
}

/** Walks a frame once. Throws a FrameFault when it is malformed. */
export function mapFrame(frame: Uint8Array): FrameMap {
  const cursor = new BatchCursor(frame)
  const { count } = cursor.header
  const starts = new Uint32Array(count + 1)
  const control = new Uint8Array(count)
  while (cursor.next()) {
    starts[cursor.index] = cursor.start
    control[cursor.index] = cursor.isControl ? 1 : 0
    starts[cursor.index + 1] = cursor.end
  }
  if (count === 0) starts[0] = frameHeaderBytes
  return { frame, count, starts, control }
}

/** A frame of the records [from, to) of another: its schema, base timestamp and watermark stay. */
export function cutFrame(map: FrameMap, from: number, to: number): Uint8Array {
  if (from === 0 && to === map.count) return map.frame
  const start = map.starts[from]
  const end = map.starts[to]
  const cut = new Uint8Array(frameHeaderBytes + end - start)
  cut.set(map.frame.subarray(0, frameHeaderBytes))
  cut.set(map.frame.subarray(start, end), frameHeaderBytes)
  const view = new DataView(cut.buffer)
  view.setUint32(4, cut.length, true)
  view.setUint32(8, 0, true)
  view.setUint16(12, map.control.subarray(from, to).includes(1) ? 1 : 0, true)
  view.setUint32(16, to - from, true)
  return cut
}
