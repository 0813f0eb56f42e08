import { type Access, type ApiError, allows, apiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { AuditLog } from "../audit/audit-log.ts"
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

/** The registry's authenticator: a token for every write; reads from the loopback address need none. A refused known token is in the audit log. */
export const authenticate: Authenticator<Tokens | AuditLog> = Effect.fnUntraced(function* (
  request: AccessRequest
) {
  const { access, isLocal, resource, token } = request
  if (access === "open") return anonymous
  if (token === undefined) {
    if (access === "read" && isLocal) return anonymous
    return yield* apiError("UNAUTHENTICATED", {})
  }
  const found = yield* (yield* Tokens).find(token)
  if (found === undefined) return yield* apiError("UNAUTHENTICATED", {})
  const caller: Caller = {
    name: found.name,
    tokenId: found.id,
    scopes: found.scopes,
    expiresAt: found.expiresAt
  }
  if (access === "read" || allows(found.scopes, access, resource)) return caller
  const scope = resource === undefined ? access : `${access}:${resource}`
  yield* (yield* AuditLog).append({
    actor: found.name,
    action: "access.refused",
    target: scope,
    detail: { token: found.id }
  })
  return yield* apiError("FORBIDDEN", { scope })
})
