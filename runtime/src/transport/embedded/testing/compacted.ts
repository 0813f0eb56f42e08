import * as Effect from "effect/Effect"
import { readKeyed } from "../../acceptance-compaction.ts"
import { Transport } from "../../transport.ts"
import type { CompactionPace } from "../compaction/compactor.ts"

/** Compacts whatever there is, at once. */
export const eagerly: CompactionPace = { leastDirtyBytes: 1, leastShare: 0, quietAfterMs: 1 }

/** Answers when there is one record of each key, the newest batch left out: nothing is left to be compacted but deletes. */
export const compacted = Effect.fnUntraced(function* (name: string) {
  const transport = yield* Transport
  const end = yield* transport.end(name, 0)
  const newest = (yield* transport.read(name, 0, end - 1n, 1))[0]?.baseOffset ?? 0n
  for (;;) {
    const keys = (yield* readKeyed(transport, 0n, name)).flatMap(({ key, offset }) =>
      offset < newest ? [key] : []
    )
    if (new Set(keys).size === keys.length) return
    yield* Effect.sleep("2 millis")
  }
})
