import { type ApiError, apiError, type KeyRotation, type SecretSummary } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import { AuditLog } from "../audit/audit-log.ts"
import { Database, decodedRow, decodedRows, execute, inTransaction } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"
import type { KeySource } from "./key-file.ts"
import { type KeyRing, openKeyRing } from "./key-ring.ts"
import { seal, unseal } from "./sealed.ts"

/** A value for a secret. */
export interface NewSecret {
  readonly name: string
  readonly value: string
  readonly actor: string
}

export interface SecretsShape {
  /** Sets a secret, or changes its value. What it is stands in no answer, no audit entry and no log. */
  readonly set: (secret: NewSecret) => Effect.Effect<SecretSummary, ApiError | StoreError>
  /** Names, and who set them when; no values. */
  readonly list: Effect.Effect<readonly SecretSummary[], StoreError>
  readonly delete: (name: string, actor: string) => Effect.Effect<void, ApiError | StoreError>
  /** Seals all secrets anew under a new key, all or none; the old key is gone afterwards. */
  readonly rotate: (actor: string) => Effect.Effect<KeyRotation, ApiError | StoreError>
  /** For the worker, not for the API: the value, undefined where none is set. */
  readonly value: (name: string) => Effect.Effect<string | undefined, ApiError | StoreError>
}

/** The operator's secrets, sealed at rest. docs/formats/registry-store.md */
export class Secrets extends Context.Service<Secrets, SecretsShape>()("@millrace/registry/Secrets") {
  static readonly layer = (source: KeySource) =>
    Layer.effect(
      Secrets,
      Effect.gen(function* () {
        const context = Context.make(Database, yield* Database).pipe(Context.add(AuditLog, yield* AuditLog))
        const inStore = Effect.provideContext(context)
        const keys = yield* openKeyRing(source)
        // Which key is in force must not change while a value is sealed with it.
        const turn = yield* Semaphore.make(1)
        return Secrets.of({
          set: (secret) => turn.withPermit(inStore(set(keys, secret))),
          list: inStore(list(keys)),
          delete: (name, actor) => turn.withPermit(inStore(remove(name, actor))),
          rotate: (actor) => turn.withPermit(inStore(rotate(keys, actor))),
          value: (name) => inStore(value(keys, name))
        })
      })
    )
}

const SecretRow = Schema.Struct({
  name: Schema.String,
  sealed: Schema.String,
  keyId: Schema.String,
  createdAt: Schema.Int,
  createdBy: Schema.String,
  changedAt: Schema.Int,
  changedBy: Schema.String
})
type SecretRow = typeof SecretRow.Type

const columns = `name, sealed, key_id AS "keyId", created_at AS "createdAt", created_by AS "createdBy",
  changed_at AS "changedAt", changed_by AS "changedBy"`

const rowOf = (name: string) => decodedRow(SecretRow, `SELECT ${columns} FROM secrets WHERE name = ?`, [name])

const allRows = decodedRows(SecretRow, `SELECT ${columns} FROM secrets ORDER BY name`)

const summaryOf = (keys: KeyRing, { keyId, sealed: _, ...row }: SecretRow): SecretSummary => ({
  ...row,
  readable: keys.find(keyId) !== undefined
})

/** Shorter ones would stand in many a text by chance, and could not be taken out of what comes back. */
const minLength = 8
const maxBytes = 65_536

const set = Effect.fnUntraced(function* (keys: KeyRing, { actor, name, value: text }: NewSecret) {
  if (text.length < minLength)
    return yield* apiError("SECRET_INVALID", { problem: "it is shorter than 8 characters" })
  if (Buffer.byteLength(text) > maxBytes)
    return yield* apiError("SECRET_INVALID", { problem: "it is longer than 64 KiB" })
  if (!text.isWellFormed()) return yield* apiError("SECRET_INVALID", { problem: "it is no Unicode text" })
  const key = yield* keys.current
  const at = yield* Clock.currentTimeMillis
  const sealed = seal(key, name, text)
  return yield* inTransaction(
    Effect.gen(function* () {
      const known = yield* rowOf(name)
      yield* known === undefined
        ? execute(
            "INSERT INTO secrets (name, sealed, key_id, created_at, created_by, changed_at, changed_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [name, sealed, key.id, at, actor, at, actor]
          )
        : execute(
            "UPDATE secrets SET sealed = ?, key_id = ?, changed_at = ?, changed_by = ? WHERE name = ?",
            [sealed, key.id, at, actor, name]
          )
      const detail = { change: known === undefined ? "set" : "changed" }
      yield* (yield* AuditLog).append({ actor, action: "secret.set", target: name, detail })
      const row = yield* rowOf(name)
      if (row === undefined) return yield* Effect.die(new Error("the secret that was just written is gone"))
      return summaryOf(keys, row)
    })
  )
})

const list = (keys: KeyRing) => Effect.map(allRows, (rows) => rows.map((row) => summaryOf(keys, row)))

const remove = (name: string, actor: string) =>
  inTransaction(
    Effect.gen(function* () {
      if ((yield* rowOf(name)) === undefined) return yield* apiError("SECRET_UNKNOWN", { name })
      yield* execute("DELETE FROM secrets WHERE name = ?", [name])
      yield* (yield* AuditLog).append({ actor, action: "secret.delete", target: name, detail: {} })
    })
  )

const rotate = Effect.fnUntraced(function* (keys: KeyRing, actor: string) {
  if (keys.isGiven) return yield* apiError("SECRET_KEY_GIVEN", {})
  return yield* keys.replace((next) =>
    inTransaction(
      Effect.gen(function* () {
        const rows = yield* allRows
        for (const row of rows) {
          const text = yield* opened(keys, row)
          yield* execute("UPDATE secrets SET sealed = ?, key_id = ? WHERE name = ?", [
            seal(next, row.name, text),
            next.id,
            row.name
          ])
        }
        const detail = { secrets: rows.length, key: next.id }
        yield* (yield* AuditLog).append({ actor, action: "secret.rotate", target: "secrets", detail })
        return { secrets: rows.length, key: next.id }
      })
    )
  )
})

const value = Effect.fnUntraced(function* (keys: KeyRing, name: string) {
  const row = yield* rowOf(name)
  return row === undefined ? undefined : yield* opened(keys, row)
})

const opened = (keys: KeyRing, row: SecretRow): Effect.Effect<string, ApiError> => {
  const key = keys.find(row.keyId)
  const text = key === undefined ? undefined : unseal(key, row.name, row.sealed)
  return text === undefined
    ? Effect.fail(apiError("SECRET_UNREADABLE", { name: row.name }))
    : Effect.succeed(text)
}
