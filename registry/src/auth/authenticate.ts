import {
  type Access,
  type ApiError,
  allows,
  allowsReading,
  apiError,
  type TokenSummary
} from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { AuditLog } from "../audit/audit-log.ts"
import type { Database } from "../store/database.ts"
import { takeOne } from "../store/quota.ts"
import type { StoreError } from "../store/store-error.ts"
import { Tokens } from "./tokens.ts"

/** Who calls. `name` is what the audit log and the histories keep. */
export interface Caller {
  readonly name: string
  /** Undefined without a token. */
  readonly tokenId: number | undefined
  readonly scopes: readonly string[]
  /** Of the token, ms since 1970; null: never. */
  readonly expiresAt: number | null
}

/** What there is to judge a request by. */
export interface AccessRequest {
  readonly access: Access
  /** Value of the path parameter that a scope may be narrowed to. */
  readonly resource: string | undefined
  /** The bearer token that came with it. */
  readonly token: string | undefined
  /** The connection comes from this machine, and not through a proxy. */
  readonly isLocal: boolean
}

/** Decides whether a request may go on, and as whom. */
export type Authenticator<R> = (request: AccessRequest) => Effect.Effect<Caller, ApiError | StoreError, R>

const anonymous: Caller = { name: "anonymous", tokenId: undefined, scopes: [], expiresAt: null }

/**
 * The registry's authenticator: a token for every write; reads from the loopback address need none. A token that was refused is in
 * the audit log, also one that has expired, was revoked, or is for another installation.
 */
export const authenticate: Authenticator<Tokens | AuditLog | Database> = Effect.fnUntraced(function* (
  request: AccessRequest
) {
  const { access, isLocal, resource, token } = request
  if (access === "open") return anonymous
  if (token === undefined) {
    if (access === "read" && isLocal) return anonymous
    return yield* apiError("UNAUTHENTICATED", {})
  }
  const scope = resource === undefined ? access : `${access}:${resource}`
  const found = yield* tokenInForce(token, scope)
  const caller: Caller = {
    name: found.name,
    tokenId: found.id,
    scopes: found.scopes,
    expiresAt: found.expiresAt
  }
  const isAllowed = access === "read" ? allowsReading(found.scopes) : allows(found.scopes, access, resource)
  if (isAllowed) return caller
  yield* noteRefusal(found, scope, "not in its scopes")
  return yield* apiError("FORBIDDEN", { scope })
})

const tokenInForce = Effect.fnUntraced(function* (text: string, scope: string) {
  const judged = yield* (yield* Tokens).judge(text)
  switch (judged.is) {
    case "in force":
      return judged.token
    case "expired":
    case "revoked":
      yield* noteRefusal(judged.token, scope, judged.is)
      return yield* apiError(judged.is === "expired" ? "TOKEN_EXPIRED" : "TOKEN_REVOKED", {
        token: judged.token.name
      })
    case "foreign":
      yield* noteRefusal(undefined, scope, "for another installation")
      return yield* apiError("TOKEN_FOREIGN", {})
    case "unknown":
      return yield* apiError("UNAUTHENTICATED", {})
  }
})

/** Entries of refused attempts a week and token, at most: nobody fills the log with what leads nowhere. */
const maxRefusals = 1000

const noteRefusal = Effect.fnUntraced(function* (
  token: TokenSummary | undefined,
  scope: string,
  reason: string
) {
  const who = token === undefined ? "foreign" : `token ${token.id}`
  if ((yield* takeOne(who, "access.refused", maxRefusals)) !== undefined) return
  yield* (yield* AuditLog).append({
    actor: token?.name ?? "unknown",
    action: "access.refused",
    target: scope,
    detail: { ...(token === undefined ? {} : { token: token.id }), reason }
  })
})
