import { sha256 } from "@noble/hashes/sha2.js"
import { FrameFault } from "./frame-fault.ts"

/**
 * Where a state value is stored (docs/formats/state.md, "Stored key"): bytes whose order is that of node, partition, state,
 * record key and map key. Runs in the worker only.
 */
export interface StoredKey {
  /** Node id, u32. */
  readonly node: number
  /** Partition of the task, u16. */
  readonly partition: number
  /** Index of the state in the node's manifest, u8. */
  readonly state: number
  readonly key: Uint8Array | null
  /** Of map state only. */
  readonly mapKey?: Uint8Array | null
}

/** A key part as it is found in a stored key: whole, or the hash of one too long, whose bytes stand in the value. */
export type StoredPart =
  | { readonly form: "null" }
  | { readonly form: "bytes"; readonly bytes: Uint8Array }
  | { readonly form: "hash"; readonly sha256: Uint8Array }

export interface DecodedStoredKey {
  readonly node: number
  readonly partition: number
  readonly state: number
  readonly key: StoredPart
  readonly mapKey?: StoredPart
}

/** A part whose escaped bytes, without mark and end, are more than this is stored as its hash. */
const maxPartBytes = 512
const headBytes = 7
/** Bytes that a stored key takes at most. */
export const maxStoredKeyBytes = headBytes + 2 * (maxPartBytes + 3)

const markNull = 0
const markBytes = 1
const markHash = 2

/** True when the part is stored as a hash: its bytes must then stand in the stored value. */
export function isLongPart(part: Uint8Array): boolean {
  return escapedSize(part) > maxPartBytes
}

/** The stored key. Two different keys have different bytes, SHA-256 granted. */
export function encodeStoredKey(place: StoredKey): Uint8Array {
  return encode(place, place.mapKey === undefined ? [place.key] : [place.key, place.mapKey])
}

/** What the stored keys of all entries of a map begin with, and no others (with the map key undefined: a value's own key). */
export function storedKeyPrefix(place: Omit<StoredKey, "mapKey">): Uint8Array {
  return encode(place, [place.key])
}

/** The first seven bytes: what all keys of one state of a task begin with. */
export function storedStatePrefix(place: Omit<StoredKey, "key" | "mapKey">): Uint8Array {
  return encode(place, [])
}

/** Throws a {@link FrameFault} when the bytes are no stored key. */
export function decodeStoredKey(bytes: Uint8Array): DecodedStoredKey {
  if (bytes.length < headBytes + 1) throw new FrameFault("BAD_LENGTH", 0, "shorter than a stored key")
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const head = { node: view.getUint32(0), partition: view.getUint16(4), state: bytes[6] }
  const key = decodePart(bytes, headBytes)
  if (key.end === bytes.length) return { ...head, key: key.part }
  const mapKey = decodePart(bytes, key.end)
  if (mapKey.end !== bytes.length) throw new FrameFault("BAD_LENGTH", mapKey.end, "bytes after the last part")
  return { ...head, key: key.part, mapKey: mapKey.part }
}

function encode(place: Omit<StoredKey, "key" | "mapKey">, parts: readonly (Uint8Array | null)[]): Uint8Array {
  const range =
    place.node >= 0 && place.node <= 0xffff_ffff && place.partition >= 0 && place.partition <= 0xffff
  if (!range || !(place.state >= 0 && place.state <= 0xff))
    throw new FrameFault("BAD_VALUE", 0, "an id out of range")
  let size = headBytes
  for (let i = 0; i < parts.length; i++) size += partSize(parts[i])
  const bytes = new Uint8Array(size)
  bytes[0] = place.node >>> 24
  bytes[1] = place.node >>> 16
  bytes[2] = place.node >>> 8
  bytes[3] = place.node
  bytes[4] = place.partition >>> 8
  bytes[5] = place.partition
  bytes[6] = place.state
  let at = headBytes
  for (let i = 0; i < parts.length; i++) at = putPart(bytes, at, parts[i])
  return bytes
}

function escapedSize(part: Uint8Array): number {
  let size = part.length
  for (let i = 0; i < part.length; i++) if (part[i] === 0) size += 1
  return size
}

function partSize(part: Uint8Array | null): number {
  if (part === null) return 1
  const size = escapedSize(part)
  return size > maxPartBytes ? 33 : size + 3
}

function putPart(bytes: Uint8Array, start: number, part: Uint8Array | null): number {
  if (part === null) return start + 1
  // What has so few bytes is not long however many of them are escaped.
  if (part.length * 2 > maxPartBytes && isLongPart(part)) {
    bytes[start] = markHash
    bytes.set(sha256(part), start + 1)
    return start + 33
  }
  bytes[start] = markBytes
  let at = start + 1
  for (let i = 0; i < part.length; i++) {
    bytes[at++] = part[i]
    if (part[i] === 0) bytes[at++] = 0xff
  }
  bytes[at] = 0
  bytes[at + 1] = 1
  return at + 2
}

function decodePart(bytes: Uint8Array, start: number): { readonly part: StoredPart; readonly end: number } {
  const mark = bytes[start]
  if (mark === markNull) return { part: { form: "null" }, end: start + 1 }
  if (mark === markHash) {
    if (bytes.length - start < 33) throw new FrameFault("BAD_LENGTH", start, "truncated")
    return { part: { form: "hash", sha256: bytes.slice(start + 1, start + 33) }, end: start + 33 }
  }
  if (mark !== markBytes) throw new FrameFault("BAD_VALUE", start, "an unknown mark of a key part")
  const part = new Uint8Array(bytes.length - start)
  let size = 0
  for (let at = start + 1; at + 1 < bytes.length; at++) {
    part[size++] = bytes[at]
    if (bytes[at] !== 0) continue
    at += 1
    if (bytes[at] === 1) return { part: { form: "bytes", bytes: part.slice(0, size - 1) }, end: at + 1 }
    if (bytes[at] !== 0xff) throw new FrameFault("BAD_VALUE", at, "an unknown escape")
  }
  throw new FrameFault("BAD_LENGTH", bytes.length, "a key part without an end")
}
