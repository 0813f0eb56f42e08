import { apiError, type KeyState, type StateKey, type StateKeys } from "@millrace/sdk/api"
import { decodeTimer, eventTimers, processingTimers } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { PlannedNode } from "../../plan/index.ts"
import { type KeptEntry, type NodeState, Transport } from "../../transport/transport.ts"
import { runOf } from "../status.ts"
import { logFailed } from "../topics.ts"
import { keyOfShown, keyText } from "./key-text.ts"
import { entryReaders, type EntryReader } from "./entry-reader.ts"

const pageEntries = 1_000

interface NodeQuery {
  readonly pipeline: string
  readonly node: string
  readonly limit: number
}

/** The keys that a node keeps state of, page by page; its timers are shown with the keys that they are of. */
export const listStateKeys = Effect.fn("listStateKeys")(function* (
  query: NodeQuery & { readonly after: string | undefined }
) {
  const { forms, kept, readers } = yield* stateOf(query)
  const keys: StateKey[] = []
  let { after, partition } = placeOf(query.after)
  let next: string | null = null
  for (const at of kept.partitions) {
    if (at < partition || next !== null) continue
    if (at > partition) after = undefined
    partition = at
    for (;;) {
      const page: readonly KeptEntry[] = yield* scan(query, { partition, after })
      const first = page[0]
      if (first === undefined || first.slot >= processingTimers) break
      if (keys.length >= query.limit) {
        next = `${partition}:${after === undefined ? "" : Buffer.from(after).toString("base64url")}`
        break
      }
      const group = page.filter((entry) => entry.slot === first.slot && sameKey(entry.key, first.key))
      const reader = readers.get(first.slot)
      after = group.at(-1)?.place ?? first.place
      if (reader !== undefined) keys.push(keyOf(reader, { first, group, partition, forms }))
    }
  }
  return { node: query.node, keys, next } satisfies StateKeys
})

/** Everything that a node keeps of one key. */
export const showKeyState = Effect.fn("showKeyState")(function* (
  query: NodeQuery & { readonly key: string }
) {
  const { forms, kept, readers } = yield* stateOf(query)
  const key = keyOfShown(query.key, forms)
  if (key === undefined) return yield* unknownKey(query)
  for (const partition of kept.partitions) {
    const states: KeyState["states"][number][] = []
    for (const [slot, reader] of readers) {
      const entries = yield* scan(query, { partition, under: { slot, key }, limit: query.limit + 1 })
      states.push({
        state: reader.state,
        kind: reader.kind,
        entries: entries.slice(0, query.limit).map(reader.read),
        isCut: entries.length > query.limit
      })
    }
    const timers = yield* timersOf(query, partition, key)
    if (timers.length > 0 || states.some(({ entries }) => entries.length > 0))
      return { node: query.node, key: keyText(key, forms), partition, states, timers } satisfies KeyState
  }
  return yield* unknownKey(query)
})

const unknownKey = ({ key, node }: { readonly node: string; readonly key: string }) =>
  apiError("STATE_KEY_UNKNOWN", { node, key })

const stateOf = Effect.fnUntraced(function* ({ node, pipeline }: NodeQuery) {
  const { plan } = yield* runOf(pipeline)
  const planned: PlannedNode | undefined = plan.nodes.find(({ name }) => name === node)
  const nodes = plan.nodes.map(({ name }) => name)
  if (planned === undefined) return yield* apiError("NODE_UNKNOWN", { pipeline, node, nodes })
  const transport = yield* Transport
  const all = yield* Effect.mapError(transport.statesOf(pipeline), logFailed)
  const kept: NodeState | undefined = all.find((each) => each.node === node)
  if (kept === undefined)
    return yield* apiError("NODE_WITHOUT_STATE", {
      node,
      nodes: plan.nodes.filter(({ stateKey }) => stateKey !== undefined).map(({ name }) => name)
    })
  return { kept, forms: planned.keyForms ?? [], readers: entryReaders(kept) }
})

const scan = Effect.fnUntraced(function* (
  { node, pipeline }: NodeQuery,
  query: {
    readonly partition: number
    readonly after?: Uint8Array | undefined
    readonly under?: { readonly slot: number; readonly key: Uint8Array | null }
    readonly limit?: number
  }
) {
  const transport = yield* Transport
  const { after, limit = pageEntries, ...rest } = query
  const from = after === undefined ? {} : { after }
  return yield* Effect.mapError(transport.scanState(pipeline, node, { ...rest, ...from, limit }), logFailed)
})

const keyOf = (
  reader: EntryReader,
  found: {
    readonly first: KeptEntry
    readonly group: readonly KeptEntry[]
    readonly partition: number
    readonly forms: readonly string[]
  }
): StateKey => {
  const { first, forms, group, partition } = found
  const at = { partition, state: reader.state, key: keyText(first.key, forms) }
  if (reader.kind !== "value") return { ...at, entries: group.length }
  const { expires, value } = reader.read(first)
  return { ...at, value, ...(expires === undefined ? {} : { expires }) }
}

/** Timers lie in the order of time, not of keys: all of a partition are looked at. */
const timersOf = Effect.fnUntraced(function* (query: NodeQuery, partition: number, key: Uint8Array | null) {
  const timers: KeyState["timers"][number][] = []
  for (const [slot, clock] of [
    [eventTimers, "event"],
    [processingTimers, "processing"]
  ] as const) {
    let after: Uint8Array | undefined
    for (;;) {
      const page: readonly KeptEntry[] = yield* scan(query, { partition, under: { slot, key: null }, after })
      for (const { mapKey, value } of page) {
        if (mapKey === undefined) continue
        const timer = decodeTimer(mapKey, value)
        if (sameKey(timer.key, key))
          timers.push({ clock, time: timer.time, tag: Buffer.from(timer.tag).toString("utf8") })
      }
      after = page.at(-1)?.place
      if (after === undefined || timers.length >= query.limit) break
    }
  }
  return timers
})

const placeOf = (
  after: string | undefined
): { readonly partition: number; after: Uint8Array | undefined } => {
  const [partition = "0", place = ""] = (after ?? "").split(":")
  const number = Number(partition)
  return {
    partition: Number.isInteger(number) && number >= 0 ? number : 0,
    after: place === "" ? undefined : new Uint8Array(Buffer.from(place, "base64url"))
  }
}

const sameKey = (left: Uint8Array | null, right: Uint8Array | null): boolean =>
  left === null || right === null ? left === right : Buffer.compare(left, right) === 0
