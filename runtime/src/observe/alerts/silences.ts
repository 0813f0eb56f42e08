import { randomUUID } from "node:crypto"
import { type ApiError, apiError, type SilenceRequest, SilenceView } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keptFile } from "./kept-file.ts"

/** Silences, kept in a file so that they outlive the platform. */
export interface Silences {
  /** Those in force at a time, ms since 1970. */
  readonly inForce: (at: number) => readonly SilenceView[]
  /** Fails with SILENCE_ENDED. */
  readonly add: (request: SilenceRequest, by: string) => Effect.Effect<SilenceView, ApiError>
  /** Fails with SILENCE_UNKNOWN. */
  readonly remove: (id: string) => Effect.Effect<void, ApiError>
}

/** Reads the file's silences; those that ended are forgotten at the next change. */
export const openSilences = Effect.fnUntraced(function* (file: string) {
  const kept = yield* keptFile(file, Schema.Array(SilenceView))
  let silences = (yield* kept.read) ?? []
  const inForce = (at: number) => silences.filter(({ until }) => at < until)
  const change = Effect.fnUntraced(function* (next: readonly SilenceView[]) {
    silences = next
    yield* kept.write(next)
  })
  const add = Effect.fnUntraced(function* (request: SilenceRequest, by: string) {
    const at = yield* Clock.currentTimeMillis
    if (request.until <= at) return yield* apiError("SILENCE_ENDED", {})
    const silence: SilenceView = { ...request, id: randomUUID(), by, at }
    yield* change([...inForce(at), silence])
    return silence
  })
  const remove = Effect.fnUntraced(function* (id: string) {
    const at = yield* Clock.currentTimeMillis
    const left = inForce(at)
    if (!left.some((silence) => silence.id === id)) return yield* apiError("SILENCE_UNKNOWN", { id })
    yield* change(left.filter((silence) => silence.id !== id))
  })
  return { inForce, add, remove } satisfies Silences
})
