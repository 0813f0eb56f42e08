import { decodeStoredKey, decodeStoredValue, storedKeyPrefix } from "@millrace/sdk/record"
import type { StoredPart } from "@millrace/sdk/record"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { isExpired } from "../../state/overlay.ts"
import type { KeptEntry, StateQuery, TransportError } from "../transport.ts"
import { corrupt, readFailure, writeFailure } from "./failure.ts"
import { afterPrefix, taskKey } from "./keys.ts"
import type { StateRecord } from "./meta-text.ts"
import type { Store } from "./store.ts"
import type { TaskStates } from "./task-states.ts"
import { openValue } from "./value.ts"

const maxPageBytes = 4 * 1024 * 1024
/** A place is a stored key less the id that it begins with. */
const idBytes = 4

/** {@link TransportShape.scanState} of the embedded log. */
export function scanState(
  place: { readonly folder: string; readonly store: Store; readonly states: TaskStates },
  pipeline: string,
  node: string,
  query: StateQuery
): Effect.Effect<readonly KeptEntry[], TransportError> {
  const { folder, states, store } = place
  return Effect.gen(function* () {
    const record = states.book.known(pipeline, node)
    if (record === undefined) return []
    yield* Effect.try({
      try: () => states.under(record, query.partition),
      catch: (cause) => writeFailure(folder, 0, cause)
    })
    yield* states.foldPending(record, query.partition)
    const now = yield* Clock.currentTimeMillis
    return yield* Effect.try({
      try: () => store.read(() => pageOf(place, record, query, now)),
      catch: (cause) => readFailure(folder, cause)
    })
  })
}

function pageOf(
  { folder, states, store }: { readonly folder: string; readonly store: Store; readonly states: TaskStates },
  record: StateRecord,
  query: StateQuery,
  now: number
): readonly KeptEntry[] {
  const schemas = new Map(record.states.map((state) => [state.slot, state.schemas]))
  const page: KeptEntry[] = []
  let bytes = 0
  for (const { key, value } of store.state.entries(rangeOf(record, query))) {
    const opened = openValue(value)
    if (opened === undefined) throw corrupt(folder, "a state value fails its CRC")
    const stored = decodeStoredValue(opened)
    if (isExpired(stored.expiry, now)) continue
    const parts = decodeStoredKey(key)
    const own = schemas.get(parts.state)
    page.push({
      slot: parts.state,
      key: bytesOf(parts.key, stored.key),
      ...(parts.mapKey === undefined
        ? {}
        : { mapKey: bytesOf(parts.mapKey, stored.mapKey) ?? new Uint8Array(0) }),
      expiry: stored.expiry,
      value: own === undefined ? stored.value : states.book.upgrade(own, stored.schemaId, stored.value),
      place: new Uint8Array(key.subarray(idBytes))
    })
    bytes += value.length
    if (page.length >= query.limit || bytes >= maxPageBytes) break
  }
  return page
}

function rangeOf(record: StateRecord, { after, partition, under }: StateQuery) {
  const place = { node: record.id, partition }
  const prefix =
    under === undefined
      ? taskKey(record.id, partition)
      : Buffer.from(storedKeyPrefix({ ...place, state: under.slot, key: under.key }))
  const end = afterPrefix(prefix)
  const id = Buffer.allocUnsafe(idBytes)
  id.writeUInt32BE(record.id, 0)
  const start = after === undefined ? prefix : Buffer.concat([id, after, Buffer.of(0)])
  return end === undefined ? { start } : { start, end }
}

function bytesOf(part: StoredPart, whole: Uint8Array | undefined): Uint8Array | null {
  if (part.form === "null") return null
  return part.form === "bytes" ? part.bytes : (whole ?? part.sha256)
}
