import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "./endpoint.ts"
import { pageQuery } from "./page.ts"

/** What a search can be narrowed to. */
export const SearchKind = Schema.Literals(["source", "processor", "sink", "function", "contract"])
export type SearchKind = typeof SearchKind.Type

/** Where the text was found, and what stands there. */
export const SearchMatch = Schema.Struct({
  in: Schema.Literals(["name", "plugin", "description", "field", "config", "doc"]),
  text: Schema.String
})

export const SearchHit = Schema.Struct({
  /** A package, or a contract: a subject of the registry. */
  kind: Schema.Literals(["package", "contract"]),
  /** The package's name, or the subject. */
  name: Schema.String,
  /** Of a package its highest version, of a subject the number of its newest. */
  version: Schema.String,
  description: Schema.NullOr(Schema.String),
  /** Kinds of a package's plugins. */
  plugins: Schema.Array(Schema.Struct({ name: Schema.String, kind: Schema.String })),
  deprecated: Schema.Boolean,
  /** The best first, at most ten. */
  matches: Schema.Array(SearchMatch)
})
export type SearchHit = typeof SearchHit.Type

export const searchEndpoints = [
  defineEndpoint({
    id: "search",
    method: "GET",
    path: "/api/search",
    tag: "packages",
    summary:
      "Find packages and contracts by names, descriptions, fields and config keys; every word must be found",
    access: "read",
    query: Schema.Struct({
      limit: pageQuery.fields.limit,
      text: Schema.String.check(Schema.isMaxLength(200)),
      kind: Schema.optionalKey(SearchKind)
    }),
    success: ok(json(Schema.Struct({ hits: Schema.Array(SearchHit), total: Schema.Int }))),
    errors: []
  })
] as const
