import * as Effect from "effect/Effect"
import type { TransportError } from "../transport.ts"
import { AppendLedger } from "./append-ledger.ts"
import type { Catalogue, Dropped } from "./catalogue.ts"
import { Compaction } from "./compaction/compaction.ts"
import { writeFailure } from "./failure.ts"
import { afterPrefix, idPrefix, taskKey } from "./keys.ts"
import { Retention } from "./retention.ts"
import type { Store, Table } from "./store.ts"

const keysPerTransaction = 2_000
/** Each is looked at: a log of an older format has large frames in the database itself. */
const framesPerTransaction = 200

/**
 * Removes what is kept under a dropped id, some keys per transaction, and then its mark. Begun again at the next start
 * when the process ends before it is done: ids are never reused, so that leftovers do no harm.
 */
export function clearDropped(
  folder: string,
  store: Store,
  catalogue: Catalogue,
  dropped: Dropped
): Effect.Effect<void, TransportError> {
  const id = idPrefix(dropped.id)
  const ranges: readonly (readonly [table: Table, prefix: Buffer])[] =
    dropped.kind === "topic"
      ? [
          [store.log, id],
          [store.meta, AppendLedger.prefix(dropped.id)],
          [store.meta, Retention.prefix(dropped.id)],
          [store.meta, Compaction.prefix(dropped.id)]
        ]
      : [store.checkpoints, store.deltas, store.state, store.folded].map((table) => [table, id] as const)
  return Effect.gen(function* () {
    for (const [table, prefix] of ranges)
      while (yield* clearSome(folder, store, table, prefix)) yield* Effect.yieldNow
    yield* Effect.try({
      try: () => catalogue.cleared(dropped),
      catch: (cause) => writeFailure(folder, 0, cause)
    })
  })
}

/** Removes all values that lie under slots of a node's state, some keys per transaction. */
export function clearSlots(
  folder: string,
  store: Store,
  id: number,
  slots: readonly number[]
): Effect.Effect<void, TransportError> {
  return Effect.gen(function* () {
    for (const partition of statePartitions(store, id)) {
      for (const slot of slots) {
        const prefix = Buffer.concat([taskKey(id, partition), Buffer.of(slot)])
        while (yield* clearSome(folder, store, store.state, prefix)) yield* Effect.yieldNow
      }
    }
  })
}

/** The partitions under which something of a state lies, folded or not. */
export function statePartitions(store: Store, id: number): readonly number[] {
  const found = new Set<number>()
  store.read(() => {
    for (const table of [store.state, store.deltas]) {
      for (let next = 0; next <= 0xffff;) {
        const end = afterPrefix(idPrefix(id))
        const start = taskKey(id, next)
        const range = { start, limit: 1, ...(end === undefined ? {} : { end }) }
        const [key] = [...table.keys(range)]
        if (key === undefined) break
        const partition = key.readUInt16BE(4)
        found.add(partition)
        next = partition + 1
      }
    }
  })
  return [...found].toSorted((left, right) => left - right)
}

function clearSome(
  folder: string,
  store: Store,
  table: Table,
  start: Buffer
): Effect.Effect<boolean, TransportError> {
  const end = afterPrefix(start)
  const limit = table === store.log ? framesPerTransaction : keysPerTransaction
  const range = { start, limit, ...(end === undefined ? {} : { end }) }
  return Effect.try({
    try: () =>
      store.commit(() => {
        const keys = [...table.keys(range)].map((key) => Buffer.from(key))
        for (const key of keys) table.remove(key)
        return keys.length > 0
      }),
    catch: (cause) => writeFailure(folder, 0, cause)
  })
}
