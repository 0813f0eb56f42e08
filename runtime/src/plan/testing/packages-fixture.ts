import { type PackageManifest, PluginManifest } from "@millrace/sdk/manifest"
import * as Schema from "effect/Schema"
import { integrityOf } from "../resolution/digest.ts"

/** Packages made by hand, with every kind of contract, for tests of the planner. */

const field = (name: string, type: unknown) => ({ name, type })

const movieSchema = {
  type: "record",
  name: "Movie",
  fields: [
    field("id", "string"),
    field("title", "string"),
    field("director", ["null", "string"]),
    field("rating", ["null", "double"]),
    field("released", { type: "int", logicalType: "date" })
  ]
}
const rateSchema = {
  type: "record",
  name: "Rate",
  fields: [field("code", "string"), field("label", "string")]
}
const countSchema = {
  type: "record",
  name: "DirectorCount",
  fields: [field("director", "string"), field("movies", "long")]
}

const config = (
  properties: { readonly [name: string]: unknown },
  required: readonly string[] = Object.keys(properties)
) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false
})
const text = { type: "string" }

const closed = (subject: string, key: readonly string[], schema: unknown) => ({
  form: "closed",
  subject,
  key,
  schema
})
const movie = closed("studio.movies", ["id"], movieSchema)
const open = (...names: readonly string[]) => ({
  form: "open",
  reads: names.map((name) => ({ as: name, from: { field: name }, schema: typeOf(name) }))
})
const typeOf = (name: string) => movieSchema.fields.find((one) => one.name === name)?.type ?? "string"

const input = (contract: unknown, name = "input", many = false) => ({ name, many, contract })
const output = (contract: unknown, name = "output") => ({ name, contract })
const body = (form: "filter" | "map" | "process", name = "input") => ({ input: name, form, suspends: false })

/** A manifest with everything that a plugin may leave out filled in. */
const plugin = (parts: { readonly [key: string]: unknown }): PluginManifest =>
  Schema.decodeUnknownSync(PluginManifest)({
    config: config({}),
    expressions: [],
    inputs: [],
    outputs: [],
    bodies: [],
    keyBy: [],
    state: [],
    tables: [],
    permissions: [],
    timers: false,
    ...parts
  })

const movies = plugin({
  name: "movies",
  kind: "source",
  config: config({ path: text }),
  outputs: [output(movie)],
  permissions: [{ handle: "input", permission: { kind: "read", path: { config: "/path" } } }],
  source: { bounded: true }
})
const endless = plugin({
  name: "endless",
  kind: "source",
  outputs: [output(movie)],
  source: { bounded: false }
})
const rates = plugin({
  name: "rates",
  kind: "source",
  outputs: [output(closed("studio.rates", ["code"], rateSchema))],
  source: { bounded: true }
})
const files = plugin({
  name: "files",
  kind: "sink",
  config: config({ path: text }),
  inputs: [input({ form: "derived" })],
  permissions: [{ handle: "output", permission: { kind: "write", path: { config: "/path" } } }],
  sink: { transactional: true, maxRecords: 1_000, maxDelayMs: 500 }
})
const closedSink = plugin({
  name: "index",
  kind: "sink",
  inputs: [input(movie)],
  sink: { transactional: false, maxRecords: 100, maxDelayMs: 100 }
})
const filter = plugin({
  name: "filter",
  kind: "processor",
  config: config({ where: { ...text, "millrace:expression": true } }),
  expressions: [{ pointer: "/where", input: "input", type: "boolean" }],
  inputs: [input(open())],
  outputs: [output({ form: "same" })],
  bodies: [body("filter")]
})
const project = plugin({
  name: "project",
  kind: "processor",
  config: config({ keep: { type: "array", items: text }, strict: { type: "boolean", default: true } }, [
    "keep"
  ]),
  inputs: [input({ form: "derived" })],
  outputs: [output({ form: "derived" })],
  bodies: [body("map")]
})
const union = plugin({
  name: "union",
  kind: "processor",
  inputs: [input(open(), "input", true)],
  outputs: [output({ form: "same" })],
  bodies: [body("filter")]
})
/** Comes by path. */
export const inEuros = plugin({
  name: "in-euros",
  kind: "processor",
  inputs: [input(open("rating"))],
  outputs: [
    output({
      form: "open",
      adds: [{ as: "stars", field: { field: "stars" }, schema: ["null", "int"] }],
      updates: [],
      drops: [{ field: "released" }]
    })
  ],
  bodies: [body("map")]
})
const perDirector = plugin({
  name: "per-director",
  kind: "processor",
  inputs: [input(open("director"))],
  outputs: [output(closed("studio.directors", ["director"], countSchema))],
  bodies: [body("process")],
  keyBy: [{ input: "input", fields: [{ field: "director" }] }],
  state: [{ name: "count", kind: "value", schema: "long" }]
})
const dedupe = plugin({
  name: "dedupe",
  kind: "processor",
  config: config({ by: text }),
  inputs: [input(open())],
  outputs: [output({ form: "same" })],
  bodies: [body("filter")],
  keyBy: [{ input: "input", fields: [{ config: "/by" }] }],
  state: [{ name: "seen", kind: "map", schema: "boolean", mapKey: "string", ttlMs: 1_000 }]
})
const lookup = plugin({
  name: "lookup",
  kind: "processor",
  inputs: [input(open("title"))],
  outputs: [
    output({
      form: "open",
      adds: [{ as: "label", field: { field: "label" }, schema: "string" }],
      updates: [],
      drops: []
    })
  ],
  bodies: [body("map")],
  tables: [{ name: "rates", contract: closed("studio.rates", ["code"], rateSchema) }]
})
const join = plugin({
  name: "join",
  kind: "processor",
  inputs: [input(movie, "left"), input(movie, "right")],
  outputs: [output(movie)],
  bodies: [body("process", "left"), body("process", "right")],
  keyBy: [
    { input: "left", fields: [{ field: "id" }] },
    { input: "right", fields: [{ field: "id" }] }
  ],
  state: [{ name: "other", kind: "value", schema: "string" }]
})
const pair = plugin({
  name: "pair",
  kind: "processor",
  inputs: [input(open(), "left"), input(open(), "right")],
  outputs: [output(movie)],
  bodies: [body("process", "left"), body("process", "right")],
  keyBy: [
    { input: "left", fields: [{ field: "id" }] },
    { input: "right", fields: [{ field: "released" }] }
  ],
  state: [{ name: "other", kind: "value", schema: "string" }]
})
const split = plugin({
  name: "split",
  kind: "processor",
  inputs: [input(movie)],
  outputs: [output(movie, "good"), output(movie, "bad")],
  bodies: [body("process")]
})
const wantsPrice = plugin({
  name: "wants-price",
  kind: "processor",
  inputs: [
    input(closed("shop.prices", [], { type: "record", name: "Movie", fields: [field("price", "double")] }))
  ],
  outputs: [output(movie)],
  bodies: [body("map")]
})

export const bundleOf = (name: string): string => `var __millrace_bundle = ${JSON.stringify(name)}`

const packageOf = (name: string, version: string, plugins: readonly PluginManifest[]): PackageManifest => ({
  manifest: 1,
  abi: 1,
  name,
  version,
  bundle: integrityOf(bundleOf(`${name}@${version}`)),
  plugins
})

export const packages: readonly PackageManifest[] = [
  packageOf("@millrace/files", "1.0.0", [movies, files]),
  packageOf("@millrace/files", "1.2.0", [movies, files]),
  packageOf("@millrace/files", "2.0.0", [movies, files]),
  packageOf("@millrace/endless", "1.0.0", [endless]),
  packageOf("@millrace/rates", "1.0.0", [rates]),
  packageOf("@millrace/filter", "1.0.0", [filter]),
  packageOf("@millrace/project", "1.0.0", [project]),
  packageOf("@millrace/union", "1.0.0", [union]),
  packageOf("@millrace/counts", "1.0.0", [perDirector, dedupe]),
  packageOf("@millrace/lookup", "1.0.0", [lookup]),
  packageOf("@acme/join", "1.0.0", [join]),
  packageOf("@acme/pair", "1.0.0", [pair]),
  packageOf("@acme/split", "1.0.0", [split]),
  packageOf("@acme/index", "1.0.0", [closedSink]),
  packageOf("@acme/prices", "1.0.0", [wantsPrice])
]
