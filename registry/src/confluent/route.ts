import type { ApiError } from "@millrace/sdk/api"
import type * as Effect from "effect/Effect"
import type { AuditLog } from "../audit/audit-log.ts"
import type { Caller } from "../auth/authenticate.ts"
import type { Tokens } from "../auth/tokens.ts"
import type { Database } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"
import type { SubjectPlace } from "../subject/subject-place.ts"
import type { ConfluentError } from "./reply/confluent-error.ts"
import type { Query } from "./request/query.ts"

/** What the routes ask for. */
export type ConfluentServices = AuditLog | Database | Tokens

/** A request that was allowed. */
export interface ConfluentRequest {
  readonly caller: Caller
  /** What the path names; an empty subject of the default context where it names none. */
  readonly place: SubjectPlace
  /** Another parameter of the path, decoded. */
  readonly param: (name: string) => string
  readonly query: Query
  /** Decoded JSON; undefined where the route takes none. */
  readonly body: unknown
}

/** What a route answers: a value as JSON, or a text as it is. */
export type Answer = { readonly json: unknown } | { readonly text: string } | "nothing"

/** An endpoint of Confluent's API. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** Below the prefix, in Hono's form; `:subject` is a qualified subject. */
  readonly path: string
  /** As the registry's own API asks for the same. */
  readonly access: "read" | "schemas"
  readonly hasBody?: true
  readonly handle: (
    request: ConfluentRequest
  ) => Effect.Effect<Answer, ApiError | ConfluentError | StoreError, ConfluentServices>
}
