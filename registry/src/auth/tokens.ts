import { createHash, randomBytes } from "node:crypto"
import { type ApiError, apiError, type IssuedToken, type NewToken, TokenSummary } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { AuditLog } from "../audit/audit-log.ts"
import { Database, decodedRow, decodedRows, execute, inTransaction } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"

/** Where a token's bytes come from: the system's secure generator, unless a test says otherwise. */
export const TokenEntropy = Context.Reference<() => Uint8Array>("@millrace/registry/TokenEntropy", {
  defaultValue: () => () => randomBytes(32)
})

/** A text that was given as a token: one in force, one that was, one of another installation, or none that was ever issued. */
export type TokenJudgement =
  | { readonly is: "in force" | "expired" | "revoked"; readonly token: TokenSummary }
  | { readonly is: "foreign" | "unknown" }

export interface TokensShape {
  /** Issues a token. The answer is the only place where it stands in the clear. */
  readonly issue: (token: NewToken, actor: string) => Effect.Effect<IssuedToken, StoreError>
  /** The token in force that this text is; undefined when there is none: unknown, expired, revoked or another installation's. */
  readonly find: (text: string) => Effect.Effect<TokenSummary | undefined, StoreError>
  /** What this text is worth here. */
  readonly judge: (text: string) => Effect.Effect<TokenJudgement, StoreError>
  readonly list: Effect.Effect<readonly TokenSummary[], StoreError>
  readonly revoke: (id: number, actor: string) => Effect.Effect<void, ApiError | StoreError>
}

export class Tokens extends Context.Service<Tokens, TokensShape>()("@millrace/registry/Tokens") {
  static readonly layer = Layer.effect(
    Tokens,
    Effect.gen(function* () {
      const context = Context.make(Database, yield* Database).pipe(Context.add(AuditLog, yield* AuditLog))
      const inStore = Effect.provideContext(context)
      return Tokens.of({
        issue: (token, actor) => inStore(issue(token, actor)),
        find: (text) =>
          Effect.map(inStore(judge(text)), (judged) => (judged.is === "in force" ? judged.token : undefined)),
        judge: (text) => inStore(judge(text)),
        list: inStore(decodedRows(TokenRow, `SELECT ${columns} FROM tokens ORDER BY id`)),
        revoke: (id, actor) => inStore(revoke(id, actor))
      })
    })
  )
}

const TokenRow = Schema.Struct({
  ...TokenSummary.fields,
  scopes: Schema.fromJsonString(TokenSummary.fields.scopes)
})

const columns = `id, name, scopes, created_at AS "createdAt", created_by AS "createdBy",
  expires_at AS "expiresAt", revoked_at AS "revokedAt"`

/** Before every token, so that scanners for leaked secrets can find it. */
const prefix = "mlr_"
/** Then the installation that it is for. Tokens of store format 1 name none. */
const tokenPattern = /^mlr_(?:([0-9a-f]{12})_)?[A-Za-z0-9_-]{43}$/

const InstallationRow = Schema.Struct({ id: Schema.String })

const installation = Effect.gen(function* () {
  const row = yield* decodedRow(InstallationRow, "SELECT id FROM installation")
  return row === undefined ? yield* Effect.die(new Error("the installation has no name")) : row.id
})

// A plain hash is enough: the token has 256 random bits, there is nothing to guess. The look-up by hash leaks no timing of the token.
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex")

const issue = Effect.fnUntraced(function* (token: NewToken, actor: string) {
  const createdAt = yield* Clock.currentTimeMillis
  const secret = Buffer.from((yield* TokenEntropy)()).toString("base64url")
  const text = `${prefix}${yield* installation}_${secret}`
  const expiresAt = token.expiresInMs === undefined ? null : createdAt + token.expiresInMs
  return yield* inTransaction(
    Effect.gen(function* () {
      yield* execute(
        "INSERT INTO tokens (name, sha256, scopes, created_at, created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        [token.name, hashOf(text), JSON.stringify(token.scopes), createdAt, actor, expiresAt]
      )
      const row = yield* decodedRow(TokenRow, `SELECT ${columns} FROM tokens WHERE sha256 = ?`, [
        hashOf(text)
      ])
      if (row === undefined) return yield* Effect.die(new Error("the token that was just written is gone"))
      const detail = { name: row.name, scopes: row.scopes, expiresAt }
      yield* (yield* AuditLog).append({ actor, action: "token.issue", target: String(row.id), detail })
      return { ...row, token: text }
    })
  )
})

const judge = Effect.fnUntraced(function* (
  text: string
): Effect.fn.Return<TokenJudgement, StoreError, Database> {
  const match = tokenPattern.exec(text)
  if (match === null) return { is: "unknown" }
  if (match[1] !== undefined && match[1] !== (yield* installation)) return { is: "foreign" }
  const token = yield* decodedRow(TokenRow, `SELECT ${columns} FROM tokens WHERE sha256 = ?`, [hashOf(text)])
  if (token === undefined) return { is: "unknown" }
  if (token.revokedAt !== null) return { is: "revoked", token }
  const now = yield* Clock.currentTimeMillis
  return { is: token.expiresAt !== null && token.expiresAt <= now ? "expired" : "in force", token }
})

const revoke = Effect.fnUntraced(function* (id: number, actor: string) {
  const at = yield* Clock.currentTimeMillis
  yield* inTransaction(
    Effect.gen(function* () {
      const row = yield* decodedRow(
        TokenRow,
        `SELECT ${columns} FROM tokens WHERE id = ? AND revoked_at IS NULL`,
        [id]
      )
      if (row === undefined) return yield* apiError("TOKEN_UNKNOWN", { id })
      yield* execute("UPDATE tokens SET revoked_at = ? WHERE id = ?", [at, id])
      yield* (yield* AuditLog).append({
        actor,
        action: "token.revoke",
        target: String(id),
        detail: { name: row.name }
      })
    })
  )
})
