import * as Schema from "effect/Schema"
import { Bump, PackageChange } from "../manifest/change/index.ts"
import { defineEndpoint, json, ok } from "./endpoint.ts"
import { BareName, PackageName, PackageScope, Version } from "./package-name.ts"

/** A plugin in words. */
export const PluginDescription = Schema.Struct({
  name: Schema.String,
  kind: Schema.String,
  description: Schema.NullOr(Schema.String),
  /** Inputs, lookup tables and outputs: what each is, and its fields as `year: int`. */
  contracts: Schema.Array(Schema.Struct({ title: Schema.String, fields: Schema.Array(Schema.String) })),
  /** What it asks for: `read files below /data`. */
  permissions: Schema.Array(Schema.String),
  /** Names of what it keeps by key. */
  state: Schema.Array(Schema.String)
})

/** What a version offers and asks for, in words, and what it changed. */
export const VersionDescription = Schema.Struct({
  name: PackageName,
  version: Version,
  plugins: Schema.Array(PluginDescription),
  /** The version that it is compared with: the one asked for, else the highest below it; null when there is none. */
  against: Schema.NullOr(Version),
  changes: Schema.Array(PackageChange),
  /** The least that a version must be raised for these changes. */
  required: Bump
})
export type VersionDescription = typeof VersionDescription.Type

export const describeVersionEndpoint = defineEndpoint({
  id: "describeVersion",
  method: "GET",
  path: "/api/packages/:scope/:name/versions/:version/description",
  tag: "packages",
  summary: "Say in words what a version takes, gives and asks for, and what it changed",
  access: "read",
  params: Schema.Struct({ scope: PackageScope, name: BareName, version: Version }),
  query: Schema.Struct({ against: Schema.optionalKey(Version) }),
  success: ok(json(VersionDescription)),
  errors: ["PACKAGE_UNKNOWN", "VERSION_UNKNOWN"]
})
