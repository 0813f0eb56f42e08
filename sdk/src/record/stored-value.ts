import { FrameFault } from "./frame-fault.ts"
import { putInstant, readInstant } from "./frame.ts"
import { putVarint, varintSize } from "./varint.ts"

/**
 * How a state value is stored (docs/formats/state.md, "Stored value"). Runs in the worker only.
 */
export interface StoredValue {
  /** Dense id of the value's schema in the log's own table. */
  readonly schemaId: number
  /** ms since 1970; 0: never. */
  readonly expiry: number
  /** The whole record key, where the stored key has only its hash. */
  readonly key?: Uint8Array
  /** The whole map key, where the stored key has only its hash. */
  readonly mapKey?: Uint8Array
  /** Avro binary. */
  readonly value: Uint8Array
}

const flagKey = 1
const flagMapKey = 2
const headBytes = 13

export function encodeStoredValue(stored: StoredValue): Uint8Array {
  if (!(stored.schemaId >= 0 && stored.schemaId <= 0xffff_ffff))
    throw new FrameFault("BAD_VALUE", 0, "not a schema id")
  if (!(stored.expiry >= 0)) throw new FrameFault("BAD_VALUE", 4, "a negative expiry")
  const bytes = new Uint8Array(
    headBytes + spanSize(stored.key) + spanSize(stored.mapKey) + stored.value.length
  )
  const view = new DataView(bytes.buffer)
  view.setUint32(0, stored.schemaId, true)
  putInstant(view, 4, stored.expiry)
  bytes[12] = (stored.key === undefined ? 0 : flagKey) | (stored.mapKey === undefined ? 0 : flagMapKey)
  let at = headBytes
  for (const part of [stored.key, stored.mapKey]) {
    if (part === undefined) continue
    at = putVarint(bytes, at, part.length)
    bytes.set(part, at)
    at += part.length
  }
  bytes.set(stored.value, at)
  return bytes
}

/** Throws a {@link FrameFault} when the bytes are no stored value. The parts are copies. */
export function decodeStoredValue(bytes: Uint8Array): StoredValue {
  if (bytes.length < headBytes) throw new FrameFault("BAD_LENGTH", 0, "shorter than a stored value")
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const flags = bytes[12]
  if (flags > 3) throw new FrameFault("BAD_VALUE", 12, "unknown flags")
  const expiry = readInstant(view, 4)
  if (expiry < 0) throw new FrameFault("BAD_VALUE", 4, "a negative expiry")
  const key = (flags & flagKey) !== 0 ? span(bytes, headBytes) : undefined
  const afterKey = key === undefined ? headBytes : key.end
  const mapKey = (flags & flagMapKey) !== 0 ? span(bytes, afterKey) : undefined
  return {
    schemaId: view.getUint32(0, true),
    expiry,
    ...(key === undefined ? {} : { key: bytes.slice(key.start, key.end) }),
    ...(mapKey === undefined ? {} : { mapKey: bytes.slice(mapKey.start, mapKey.end) }),
    value: bytes.slice(mapKey === undefined ? afterKey : mapKey.end)
  }
}

function spanSize(part: Uint8Array | undefined): number {
  return part === undefined ? 0 : varintSize(part.length) + part.length
}

function span(bytes: Uint8Array, place: number): { readonly start: number; readonly end: number } {
  let size = 0
  let scale = 1
  let at = place
  for (let i = 0; ; i++) {
    if (at >= bytes.length) throw new FrameFault("BAD_LENGTH", at, "truncated")
    if (i === 5) throw new FrameFault("BAD_LENGTH", place, "a varint of more than 5 bytes")
    const byte = bytes[at++]
    size += (byte & 0x7f) * scale
    if (byte < 0x80) break
    scale *= 128
  }
  if (size > bytes.length - at) throw new FrameFault("BAD_LENGTH", place, "a length of " + size + " bytes")
  return { start: at, end: at + size }
}
