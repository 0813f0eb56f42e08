import * as Effect from "effect/Effect"
import { readKeyed } from "../../acceptance-compaction.ts"
import type { KeyedText } from "../../acceptance-compaction.ts"
import { Transport } from "../../transport.ts"
import type { CompactionPace } from "../compaction/compactor.ts"

/** Compacts whatever there is, at once. */
export const eagerly: CompactionPace = { leastDirtyBytes: 1, leastShare: 0, quietAfterMs: 1 }

/** A compacted stream, and who writes it. */
export const topic = { name: "customers", partitions: 1, internal: false, compact: true }
export const writer = { pipeline: "p", node: "writer", partition: 0 }

/** What the nth commit of a history without end appends: few keys often, many seldom, and now and then a delete. */
export function historyAt(n: number): readonly KeyedText[] {
  return Array.from({ length: 1 + ((n * 7) % 13) }, (_, place) => {
    const drawn = (n * 31 + place * 17) % 100
    const key = drawn < 70 ? `often ${drawn % 5}` : `seldom ${(n * 13 + place) % 150}`
    return { key, value: drawn % 11 === 3 ? null : `${n}/${place} ${"x".repeat(drawn)}` }
  })
}

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
