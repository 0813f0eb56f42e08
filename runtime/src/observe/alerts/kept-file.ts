import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"

/** A file of the data folder that holds one value as JSON, whole or as it was before. */
export interface KeptFile<A> {
  /** Undefined when it is not there, or cannot be read: what it holds can be made anew, and the platform starts. */
  readonly read: Effect.Effect<A | undefined>
  readonly write: (value: A) => Effect.Effect<void>
}

/** What cannot be written is logged: alerts go on without. */
export const keptFile = Effect.fnUntraced(function* <A, I>(file: string, schema: Schema.Codec<A, I>) {
  const fs = yield* FileSystem.FileSystem
  const json = Schema.fromJsonString(schema)
  const decode = Schema.decodeUnknownEffect(json)
  const encode = Schema.encodeEffect(json)
  const read = fs.exists(file).pipe(
    Effect.flatMap((exists) => (exists ? Effect.flatMap(fs.readFileString(file), decode) : Effect.undefined)),
    Effect.catch((error) =>
      Effect.as(Effect.logWarning(`${file} cannot be read and is made anew: ${error.message}`), undefined)
    )
  )
  const write = Effect.fnUntraced(
    function* (value: A) {
      const beside = `${file}.${randomUUID()}.new`
      const text = yield* encode(value)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const opened = yield* fs.open(beside, { flag: "wx", mode: 0o600 })
          yield* opened.writeAll(new TextEncoder().encode(text))
          yield* opened.sync
        })
      ).pipe(
        Effect.andThen(fs.rename(beside, file)),
        Effect.onError(() => Effect.ignore(fs.remove(beside, { force: true })))
      )
    },
    Effect.catch((error) => Effect.logError(`${file} cannot be written: ${error.message}`))
  )
  return { read, write } satisfies KeptFile<A>
})
