import * as Schema from "effect/Schema"
import { created, defineEndpoint, json, noContent, ok } from "./endpoint.ts"

/**
 * What a token allows. `read`; an action for everything (`publish`) or for one resource (`publish:@acme`,
 * `pipelines:movies`, `schemas:studio.movies`); `work`: what a worker asks and tells; `admin`: all of it. Every token may read, but one
 * that has no other scopes than `ingest`, `ingest:PIPELINE` and `work`: that one is given away, to pages, apps and machines, and does
 * nothing else.
 */
export const TokenScope = Schema.String.check(
  Schema.isPattern(
    /^(?:read|admin|work|(?:publish|schemas|pipelines|grants|secrets|ingest)(?::[@A-Za-z0-9_.-]{1,200})?)$/u,
    {
      expected:
        "a scope: read, admin, work, or publish, schemas, pipelines, grants, secrets, ingest with or without :RESOURCE"
    }
  )
)

/** Whether scopes allow an action, on a resource when it has one. */
export const allows = (scopes: readonly string[], action: string, resource: string | undefined): boolean =>
  scopes.some(
    (scope) =>
      scope === "admin" || scope === action || (resource !== undefined && scope === `${action}:${resource}`)
  )

/** Whether scopes allow reading. */
export const allowsReading = (scopes: readonly string[]): boolean =>
  scopes.some((scope) => scope !== "work" && scope !== "ingest" && !scope.startsWith("ingest:"))

const TokenName = Schema.String.check(
  Schema.isPattern(/^[\x20-\x7e]{1,100}$/u, { expected: "printable ASCII" })
)
const Scopes = Schema.Array(TokenScope).check(Schema.isMinLength(1), Schema.isMaxLength(32))

export const TokenSummary = Schema.Struct({
  id: Schema.Int,
  name: TokenName,
  scopes: Scopes,
  createdAt: Schema.Int,
  createdBy: Schema.String,
  /** Null: never. */
  expiresAt: Schema.NullOr(Schema.Int),
  revokedAt: Schema.NullOr(Schema.Int)
})
export type TokenSummary = typeof TokenSummary.Type

/** The one reply that holds the token itself; only its hash is kept. */
export const IssuedToken = Schema.Struct({ ...TokenSummary.fields, token: Schema.String })
export type IssuedToken = typeof IssuedToken.Type

export const NewToken = Schema.Struct({
  name: TokenName,
  scopes: Scopes,
  /** Milliseconds from now; absent: it does not expire. */
  expiresInMs: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1000, maximum: 315_360_000_000 }))
  )
})
export type NewToken = typeof NewToken.Type

/** Whom a call is made as. */
export const Identity = Schema.Struct({
  name: Schema.String,
  scopes: Schema.Array(Schema.String),
  /** Null: never, or there is no token. */
  expiresAt: Schema.NullOr(Schema.Int)
})
export type Identity = typeof Identity.Type

export const tokenEndpoints = [
  defineEndpoint({
    id: "whoAmI",
    method: "GET",
    path: "/api/whoami",
    tag: "tokens",
    summary: "Say whom the call is made as, and what that may",
    access: "read",
    success: ok(json(Identity)),
    errors: []
  }),
  defineEndpoint({
    id: "listTokens",
    method: "GET",
    path: "/api/tokens",
    tag: "tokens",
    summary: "List tokens, without the tokens themselves",
    access: "admin",
    success: ok(json(Schema.Struct({ tokens: Schema.Array(TokenSummary) }))),
    errors: []
  }),
  defineEndpoint({
    id: "createToken",
    method: "POST",
    path: "/api/tokens",
    tag: "tokens",
    summary: "Issue a token; it is shown this once",
    access: "admin",
    body: json(NewToken),
    success: created(json(IssuedToken)),
    errors: []
  }),
  defineEndpoint({
    id: "revokeToken",
    method: "DELETE",
    path: "/api/tokens/:id",
    tag: "tokens",
    summary: "Revoke a token",
    access: "admin",
    params: Schema.Struct({ id: Schema.FiniteFromString.check(Schema.isInt(), Schema.isGreaterThan(0)) }),
    success: noContent,
    errors: ["TOKEN_UNKNOWN"]
  })
] as const
