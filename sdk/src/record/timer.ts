import { FrameFault } from "./frame-fault.ts"
import { putVarint } from "./varint.ts"
import { floorOf, isSafeInteger } from "./built-ins.ts"

/**
 * Timers among a task's state (docs/formats/state.md, "Timers"): map entries of the null record key, so that they lie in the
 * order of their times. This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
export interface Timer {
  /** When it fires, ms since 1970, by event time or by the clock. */
  readonly time: number
  /** The record key that it was set for. */
  readonly key: Uint8Array | null
  /** UTF-8. */
  readonly tag: Uint8Array
}

/** State index of timers by event time, and of those by the clock: a node has fewer states of its own. */
export const eventTimers = 255
export const processingTimers = 254

/** Input of a node under which its timers come to it: records whose key, timestamp and value are the timer's. */
export const timerInput = "~timer"

/** Most bytes of a timer's tag. */
export const maxTagBytes = 256

const timerInlineBytes = 240
const timerInline = 0
const timerHash = 1
const timerSign = 0x8000_0000
const timerHigh = 0x1_0000_0000

/** The first eight bytes of a timer's map key: in the order of time. `time`: a safe integer. */
export function timerTimeKey(time: number): Uint8Array {
  if (!isSafeInteger(time)) throw new FrameFault("BAD_VALUE", 0, "a timer's time is no safe integer")
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, floorOf(time / timerHigh) + timerSign)
  view.setUint32(4, time >>> 0)
  return bytes
}

/** The entry's map key and value. One (time, key, tag) has one map key. */
export function encodeTimer(
  timer: Timer,
  sha256: (bytes: Uint8Array) => Uint8Array
): { readonly mapKey: Uint8Array; readonly value: Uint8Array } {
  const { key, tag } = timer
  if (tag.length > maxTagBytes) throw new FrameFault("TOO_LARGE", 0, "a timer's tag is too long")
  const rest = new Uint8Array(5 + (key === null ? 0 : key.length) + tag.length)
  let length = putVarint(rest, 0, key === null ? 0 : key.length + 1)
  if (key !== null) {
    rest.set(key, length)
    length += key.length
  }
  rest.set(tag, length)
  const whole = rest.subarray(0, length + tag.length)
  const isInline = whole.length <= timerInlineBytes
  const name = isInline ? whole : sha256(whole)
  const mapKey = new Uint8Array(9 + name.length)
  mapKey.set(timerTimeKey(timer.time), 0)
  mapKey[8] = isInline ? timerInline : timerHash
  mapKey.set(name, 9)
  return { mapKey, value: isInline ? new Uint8Array(0) : whole.slice() }
}

/** Throws a {@link FrameFault} when the entry is no timer. */
export function decodeTimer(mapKey: Uint8Array, value: Uint8Array): Timer {
  if (mapKey.length < 9) throw new FrameFault("BAD_LENGTH", 0, "shorter than a timer")
  const view = new DataView(mapKey.buffer, mapKey.byteOffset, mapKey.length)
  const time = (view.getUint32(0) - timerSign) * timerHigh + view.getUint32(4)
  const rest = mapKey[8] === timerInline ? mapKey.subarray(9) : value
  let at = 0
  let size = 0
  for (let shift = 0; ; shift += 7) {
    if (at >= rest.length || shift > 28) throw new FrameFault("BAD_LENGTH", at, "a timer without a key")
    const byte = rest[at++]
    size += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  if (size === 0) return { time, key: null, tag: rest.slice(at) }
  const end = at + size - 1
  if (end > rest.length) throw new FrameFault("BAD_LENGTH", at, "a timer's key is longer than the timer")
  return { time, key: rest.slice(at, end), tag: rest.slice(end) }
}
