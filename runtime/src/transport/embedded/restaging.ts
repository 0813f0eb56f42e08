import { decodeStoredKey, decodeStoredValue, encodeStoredValue, processingTimers } from "@millrace/sdk/record"
import type { StoredValue } from "@millrace/sdk/record"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { LaidState } from "../../state/layout.ts"
import { isSameState } from "../../state/layout.ts"
import { isExpired } from "../../state/overlay.ts"
import type { StateMigrator, TransportError, WantedStates } from "../transport.ts"
import { statePartitions } from "./clearing.ts"
import { corrupt, readFailure, writeFailure } from "./failure.ts"
import { afterPrefix, taskKey } from "./keys.ts"
import type { StateRecord } from "./meta-text.ts"
import type { Store } from "./store.ts"
import type { TaskStates } from "./task-states.ts"
import { openValue, sealValue } from "./value.ts"

const pageEntries = 1_000
const pageBytes = 1024 * 1024
const slotAt = 6

interface Entry {
  readonly key: Buffer
  readonly stored: StoredValue
}

/** Where entries go, and what becomes of their values. */
interface Target<E, R> {
  readonly slot: number
  readonly convert: (
    entries: readonly Entry[]
  ) => Effect.Effect<readonly StoredValue[], E | TransportError, R>
}

/** {@link TransportShape.restageState} of the embedded log: a page of entries per transaction. */
export function restageState<E, R>(
  place: { readonly folder: string; readonly store: Store; readonly states: TaskStates },
  pipeline: string,
  node: string,
  options: {
    readonly wanted: WantedStates
    readonly migrate: { readonly [state: string]: StateMigrator<E, R> }
  }
): Effect.Effect<void, TransportError | E, R> {
  const { folder, states, store } = place
  const { book } = states
  const writing = <A>(work: () => A, bytes = 0) =>
    Effect.try({ try: work, catch: (cause) => writeFailure(folder, bytes, cause) })
  return Effect.gen(function* () {
    const record = yield* writing(() => book.of(pipeline, node))
    yield* states.foldAll(record)
    const laid = options.wanted.states.map((state, slot): LaidState => {
      const { schema, ...rest } = states.wantedState(state)
      return { ...rest, slot, schemas: [schema] }
    })
    const targets = targetsOf(place, record, laid, options.migrate)
    const id = yield* writing(() => book.stagingId())
    for (const partition of statePartitions(store, record.id)) {
      for (const [slot, target] of targets) {
        const prefix = Buffer.concat([taskKey(record.id, partition), Buffer.of(slot)])
        let start: Buffer = prefix
        for (;;) {
          const page = yield* readPage(place, start, prefix)
          const last = page.at(-1)
          if (last === undefined) break
          const values = yield* target.convert(page)
          yield* writing(() =>
            store.write(() => {
              page.forEach(({ key }, index) => {
                const value = values[index]
                if (value !== undefined)
                  store.state.put(moved(key, id, target.slot), sealValue(encodeStoredValue(value)))
              })
            }, pageBytes * 2)
          )
          start = Buffer.concat([last.key, Buffer.of(0)])
          yield* Effect.yieldNow
        }
      }
    }
    yield* writing(() =>
      book.stage(pipeline, node, { id, key: options.wanted.key, states: laid, retired: [] })
    )
  })
}

/** By slot of what is there: where its entries go. What no state wants any more is left behind. */
function targetsOf<E, R>(
  { folder, states }: { readonly folder: string; readonly states: TaskStates },
  record: StateRecord,
  laid: readonly LaidState[],
  migrate: { readonly [state: string]: StateMigrator<E, R> }
): ReadonlyMap<number, Target<E, R>> {
  const { book } = states
  const targets = new Map<number, Target<E, R>>()
  const next = new Map(laid.map((state) => [state.name, state]))
  for (const before of record.states) {
    const after = next.get(before.name)
    if (after === undefined || !isSameState(before, after)) continue
    const migrator = Object.hasOwn(migrate, before.name) ? migrate[before.name] : undefined
    const schemaId = after.schemas[0] ?? 0
    const way = migrator === undefined ? [...before.schemas, schemaId] : before.schemas
    const upgraded = (stored: StoredValue) => book.upgrade(way, stored.schemaId, stored.value)
    targets.set(before.slot, {
      slot: after.slot,
      convert: (entries) =>
        Effect.gen(function* () {
          const values = yield* Effect.try({
            try: () => entries.map(({ stored }) => upgraded(stored)),
            catch: (cause) => readFailure(folder, cause)
          })
          const made =
            migrator === undefined
              ? values
              : yield* migrator(
                  entries.map((entry, index) => ({
                    key: keyOf(entry),
                    value: values[index] ?? new Uint8Array(0)
                  }))
                )
          return entries.map(({ stored }, index) => ({
            ...stored,
            schemaId,
            value: made[index] ?? new Uint8Array(0)
          }))
        })
    })
  }
  for (const slot of [processingTimers, processingTimers + 1])
    targets.set(slot, { slot, convert: (entries) => Effect.succeed(entries.map(({ stored }) => stored)) })
  return targets
}

/** The next entries under a prefix, but for those whose time is over. Its last entry says where the next page begins. */
function readPage(
  { folder, store }: { readonly folder: string; readonly store: Store },
  start: Buffer,
  prefix: Buffer
): Effect.Effect<readonly Entry[], TransportError> {
  const end = afterPrefix(prefix)
  return Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.try({
      try: () =>
        store.read(() => {
          const page: Entry[] = []
          let bytes = 0
          for (const { key, value } of store.state.entries(end === undefined ? { start } : { start, end })) {
            const opened = openValue(value)
            if (opened === undefined) throw corrupt(folder, "a state value fails its CRC")
            const stored = decodeStoredValue(opened)
            if (isExpired(stored.expiry, now)) continue
            page.push({ key: Buffer.from(key), stored })
            bytes += value.length
            if (page.length >= pageEntries || bytes >= pageBytes) break
          }
          return page
        }),
      catch: (cause) => readFailure(folder, cause)
    })
  )
}

function keyOf({ key, stored }: Entry): Uint8Array | null {
  const part = decodeStoredKey(key).key
  if (part.form === "null") return null
  return part.form === "bytes" ? part.bytes : (stored.key ?? part.sha256)
}

/** The same key under another state id and slot. */
function moved(key: Buffer, id: number, slot: number): Buffer {
  const copy = Buffer.from(key)
  copy.writeUInt32BE(id, 0)
  copy[slotAt] = slot
  return copy
}
