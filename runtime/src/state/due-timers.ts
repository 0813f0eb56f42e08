import {
  decodeStoredKey,
  decodeStoredValue,
  decodeTimer,
  encodeStoredKey,
  storedKeyPrefix,
  timerTimeKey
} from "@millrace/sdk/record"
import type { DueTimer } from "../transport/transport.ts"
import { storedName } from "./overlay.ts"
import type { StateOverlay, StatePlace } from "./overlay.ts"

/** The ordered store's entries from one stored key to before another, in order; values are stored values of state.md. */
export type ReadRange = (
  start: Uint8Array,
  end: Uint8Array
) => Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }>

/** The earliest timers of one kind up to a time: of what is folded, and of what was set or taken back since. */
export function dueTimers(
  place: StatePlace,
  overlay: StateOverlay,
  range: ReadRange,
  wanted: { readonly state: number; readonly until: number; readonly limit: number }
): readonly DueTimer[] {
  const { limit, state } = wanted
  const until = Math.min(wanted.until, Number.MAX_SAFE_INTEGER - 1)
  const fresh = overlay
    .timersUntil(state, until, limit)
    .flatMap((entry) =>
      entry.form === "put" && entry.mapKey !== undefined ? [timerOf(entry.mapKey, entry.value)] : []
    )
  const changed = overlay.timerEntries(state)
  const start = storedKeyPrefix({ ...place, state, key: null })
  const end = encodeStoredKey({ ...place, state, key: null, mapKey: timerTimeKey(until + 1) })
  const stored: DueTimer[] = []
  for (const { key, value } of range(start, end)) {
    if (stored.length >= limit) break
    if (changed?.has(storedName(key)) === true) continue
    const part = decodeStoredKey(key).mapKey
    if (part?.form === "bytes") stored.push(timerOf(part.bytes, decodeStoredValue(value).value))
  }
  return [...fresh, ...stored]
    .toSorted((left, right) => Buffer.compare(left.mapKey, right.mapKey))
    .slice(0, limit)
}

function timerOf(mapKey: Uint8Array, value: Uint8Array): DueTimer {
  return { ...decodeTimer(mapKey, value), mapKey }
}
