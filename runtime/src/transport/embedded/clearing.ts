import * as Effect from "effect/Effect"
import type { TransportError } from "../transport.ts"
import type { Catalogue, Dropped } from "./catalogue.ts"
import { writeFailure } from "./failure.ts"
import { afterPrefix, idPrefix } from "./keys.ts"
import type { Store, Table } from "./store.ts"

const keysPerTransaction = 2_000

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
  const tables =
    dropped.kind === "topic" ? [store.log] : [store.checkpoints, store.deltas, store.state, store.folded]
  return Effect.gen(function* () {
    for (const table of tables)
      while (yield* clearSome(folder, store, table, dropped.id)) yield* Effect.yieldNow
    yield* Effect.try({
      try: () => catalogue.cleared(dropped),
      catch: (cause) => writeFailure(folder, 0, cause)
    })
  })
}

function clearSome(
  folder: string,
  store: Store,
  table: Table,
  id: number
): Effect.Effect<boolean, TransportError> {
  const start = idPrefix(id)
  const end = afterPrefix(start)
  const range = { start, limit: keysPerTransaction, ...(end === undefined ? {} : { end }) }
  return Effect.try({
    try: () =>
      store.write(() => {
        const keys = [...table.keys(range)].map((key) => Buffer.from(key))
        for (const key of keys) table.remove(key)
        return keys.length > 0
      }),
    catch: (cause) => writeFailure(folder, 0, cause)
  })
}
