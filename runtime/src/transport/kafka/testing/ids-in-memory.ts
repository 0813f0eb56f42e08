import * as Effect from "effect/Effect"
import type { IdOrigin, SchemaIds } from "../schema-ids.ts"

/** From where on ids of named streams are: two registries, which know nothing of each other. */
const firstOfStreams = 1_000_000

/** Ids of schemas as registries would give them, for as long as the test: one to the platform's own topics, another to named streams. */
export function idsInMemory(origin: IdOrigin = "own"): SchemaIds {
  const texts = { own: [] as string[], streams: [] as string[] }
  const place = (internal: boolean) =>
    internal ? { all: texts.own, first: 1 } : { all: texts.streams, first: firstOfStreams }
  return {
    origin,
    idOf: ({ internal }, text) =>
      Effect.sync(() => {
        const { all, first } = place(internal)
        const known = all.indexOf(text)
        return first + (known >= 0 ? known : all.push(text) - 1)
      }),
    textOf: ({ internal }, id) =>
      Effect.sync(() => {
        const { all, first } = place(internal)
        return all[id - first]
      })
  }
}
