import { decodeStoredKey, decodeStoredValue, StateEntryWriter, storedKeyPrefix } from "@millrace/sdk/record"
import type { StateIndex } from "../transport/transport.ts"
import { isExpired, storedName } from "./overlay.ts"
import type { OverlayGroup, StateOverlay, StatePlace } from "./overlay.ts"

/** The ordered store below the overlay. Values are stored values of state.md, their CRC checked. */
export interface OrderedState {
  readonly get: (storedKey: Uint8Array) => Uint8Array | undefined
  readonly underPrefix: (
    prefix: Uint8Array
  ) => Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }>
}

/** More than a batch may ask for: its keys' state must fit in memory. */
const maxAnswerBytes = 64 * 1024 * 1024

/**
 * State entries for these keys: a put for what there is, a map entry by entry in the order of their stored keys (those
 * hashed come last), "known absent" for what there is not. Expired values are absent. Throws a FrameFault `TOO_LARGE`
 * beyond 64 MiB.
 */
export function readStateEntries(
  place: StatePlace,
  overlay: StateOverlay,
  ordered: OrderedState,
  request: {
    readonly keys: readonly (Uint8Array | null)[]
    readonly states: readonly StateIndex[]
    readonly now: number
  }
): Uint8Array {
  const writer = new StateEntryWriter(maxAnswerBytes)
  for (const key of request.keys) {
    for (const { index, kind } of request.states) {
      const prefix = storedKeyPrefix({ node: place.node, partition: place.partition, state: index, key })
      const group = overlay.group(prefix)
      const found = kind === "value" ? readValue(group, ordered, prefix) : readMap(group, ordered, prefix)
      let count = 0
      for (const { mapKey, expiry, value } of found) {
        if (isExpired(expiry, request.now)) continue
        writer.put(index, key, mapKey, expiry, value)
        count += 1
      }
      if (count === 0) writer.absent(index, key, undefined)
    }
  }
  return writer.finish()
}

interface Found {
  readonly mapKey: Uint8Array | undefined
  readonly expiry: number
  readonly value: Uint8Array
}

function readValue(
  group: OverlayGroup | undefined,
  ordered: OrderedState,
  prefix: Uint8Array
): readonly Found[] {
  const changed = group?.value
  if (changed !== undefined) return changed.form === "put" ? [changed] : []
  if (group?.cleared === true) return []
  const stored = ordered.get(prefix)
  if (stored === undefined) return []
  const { expiry, value } = decodeStoredValue(stored)
  return [{ mapKey: undefined, expiry, value }]
}

function readMap(
  group: OverlayGroup | undefined,
  ordered: OrderedState,
  prefix: Uint8Array
): readonly Found[] {
  const merged = new Map<string, Found>()
  if (group?.cleared !== true) {
    for (const { key, value } of ordered.underPrefix(prefix)) {
      const name = storedName(key)
      const found = storedEntry(key, value)
      if (found !== undefined) merged.set(name, found)
    }
  }
  if (group?.entries === undefined) return [...merged.values()]
  for (const [name, entry] of group.entries) {
    if (entry.form === "deleted") merged.delete(name)
    else merged.set(name, entry)
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, found]) => found)
}

function storedEntry(key: Uint8Array, stored: Uint8Array): Found | undefined {
  const part = decodeStoredKey(key).mapKey
  if (part === undefined) return undefined
  const { expiry, value, mapKey } = decodeStoredValue(stored)
  if (part.form === "bytes") return { mapKey: part.bytes, expiry, value }
  return mapKey === undefined ? undefined : { mapKey, expiry, value }
}
