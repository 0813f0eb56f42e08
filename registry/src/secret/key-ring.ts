import * as Effect from "effect/Effect"
import { type Database, decodedRow } from "../store/database.ts"
import { failpoint } from "../store/failpoint.ts"
import type { StoreError } from "../store/store-error.ts"
import * as Schema from "effect/Schema"
import {
  dropNextKey,
  type KeySource,
  promoteNextKey,
  readGivenKey,
  readKeyFile,
  readNextKey,
  writeNextKey
} from "./key-file.ts"
import type { SealingKey } from "./sealed.ts"

/** The keys of the secrets: the one in force, and during a rotation the next. */
export interface KeyRing {
  /** The key in force; drawn and written when there is none yet. */
  readonly current: Effect.Effect<SealingKey, StoreError>
  /** A key by the name that a sealed secret has of it; undefined when it is lost. */
  readonly find: (id: string) => SealingKey | undefined
  /** The key is not ours to change. */
  readonly isGiven: boolean
  /**
   * Draws a new key, lets `reseal` do its work in one transaction, and puts the key in force. A kill at any point leaves
   * secrets and key that go together: which of two keys counts is told by what the secrets are sealed with.
   */
  readonly replace: <A, E, R>(
    reseal: (next: SealingKey) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | StoreError, R>
}

const Sealing = Schema.Struct({ keyId: Schema.String })

/** Opens the ring; ends a rotation that a kill cut short. */
export const openKeyRing = Effect.fnUntraced(function* (
  source: KeySource
): Effect.fn.Return<KeyRing, StoreError, Database> {
  if ("text" in source) return fixedRing(yield* readGivenKey(source.text))
  const { file } = source
  const next = yield* readNextKey(file)
  if (next !== undefined) {
    const used = yield* decodedRow(Sealing, 'SELECT key_id AS "keyId" FROM secrets WHERE key_id = ?', [
      next.id
    ])
    yield* used === undefined ? dropNextKey(file) : promoteNextKey(file)
  }
  return fileRing(file, yield* readKeyFile(file))
})

const fixedRing = (key: SealingKey): KeyRing => ({
  current: Effect.succeed(key),
  find: (id) => (id === key.id ? key : undefined),
  isGiven: true,
  replace: (reseal) => reseal(key)
})

const fileRing = (file: string, found: SealingKey | undefined): KeyRing => {
  let inForce = found
  const known = new Map(found === undefined ? [] : [[found.id, found]])
  const adopt = Effect.fnUntraced(function* (key: SealingKey) {
    yield* promoteNextKey(file)
    inForce = key
  })
  const draw = Effect.tap(writeNextKey(file), (key) => Effect.sync(() => known.set(key.id, key)))
  return {
    current: Effect.suspend(() =>
      inForce === undefined ? Effect.tap(draw, adopt) : Effect.succeed(inForce)
    ),
    find: (id) => known.get(id),
    isGiven: false,
    replace: (reseal) =>
      Effect.gen(function* () {
        const key = yield* draw
        yield* failpoint("secret-key-written")
        const done = yield* reseal(key)
        yield* failpoint("secrets-resealed")
        yield* adopt(key)
        return done
      })
  }
}
