import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "./endpoint.ts"

export const Health = Schema.Struct({
  status: Schema.Literal("ok"),
  version: Schema.String,
  /** Version of the store's format: docs/formats/registry-store.md. */
  storeFormat: Schema.Int
})
export type Health = typeof Health.Type

export const healthEndpoints = [
  defineEndpoint({
    id: "getHealth",
    method: "GET",
    path: "/api/health",
    tag: "health",
    summary: "Say that the server answers and its store can be read",
    access: "open",
    success: ok(json(Health)),
    errors: []
  })
] as const
