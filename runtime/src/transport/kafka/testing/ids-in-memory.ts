import * as Effect from "effect/Effect"
import type { SchemaIds } from "../schema-ids.ts"

/** Ids of schemas as a registry would give them, for as long as the test. */
export function idsInMemory(): SchemaIds {
  const texts: string[] = []
  return {
    idOf: (_topic, text) =>
      Effect.sync(() => {
        const known = texts.indexOf(text)
        return known >= 0 ? known + 1 : texts.push(text)
      }),
    textOf: (id) => Effect.sync(() => texts[id - 1])
  }
}
