import * as Schema from "effect/Schema"
import { Permission } from "../permission/permission.ts"
import { valueAt } from "./json-pointer.ts"

/** The Avro schema in JSON form; checked by `@millrace/sdk/avro` where it is used. */
const AvroJson = Schema.Unknown
const FieldRef = Schema.Union([
  Schema.Struct({ field: Schema.String }),
  /** The field's name is the value at this JSON pointer of the config: `field("amountField")`. */
  Schema.Struct({ config: Schema.String })
])

export const ClosedContract = Schema.Struct({
  form: Schema.Literal("closed"),
  subject: Schema.String,
  key: Schema.Array(Schema.String),
  schema: AvroJson
})

export const OpenInput = Schema.Struct({
  form: Schema.Literal("open"),
  reads: Schema.Array(Schema.Struct({ as: Schema.String, from: FieldRef, schema: AvroJson }))
})

export const OpenOutput = Schema.Struct({
  form: Schema.Literal("open"),
  adds: Schema.Array(Schema.Struct({ as: Schema.String, field: FieldRef, schema: AvroJson })),
  /** Names of properties in `reads`. */
  updates: Schema.Array(Schema.String),
  drops: Schema.Array(FieldRef)
})

export const DerivedForm = Schema.Struct({ form: Schema.Literal("derived") })

export const StateManifest = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["value", "map"]),
  schema: AvroJson,
  /** Avro schema of a map's keys; absent for value state. */
  mapKey: Schema.optionalKey(AvroJson),
  /** Milliseconds that a value lives after its last write; absent: for ever. */
  ttlMs: Schema.optionalKey(Schema.Int),
  /** Avro schemas of the values of earlier versions that the plugin makes today's from, in its order; absent: none. */
  migrate: Schema.optionalKey(Schema.Array(AvroJson))
})

export const PluginManifest = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["processor", "source", "sink", "function"]),
  description: Schema.optionalKey(Schema.String),
  /** JSON Schema (draft 2020-12) of the config's encoded side, closed to unknown keys; expressions carry `millrace:expression`. */
  config: Schema.Unknown,
  /**
   * Expressions in the config: JSON pointer pattern (`/fields/*` for every element), the input they see, the SQL type they
   * must have ("any": whatever), words that may stand in the place of one (COUNT's `*`), and the rows that it sees where
   * those are not an input's.
   */
  expressions: Schema.Array(
    Schema.Struct({
      pointer: Schema.String,
      input: Schema.String,
      type: Schema.String,
      words: Schema.optionalKey(Schema.Array(Schema.String)),
      row: Schema.optionalKey(AvroJson)
    })
  ),
  /** True when the one input may be fed by several streams of the same schema, in order of arrival: union. */
  inputs: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      many: Schema.Boolean,
      contract: Schema.Union([ClosedContract, OpenInput, DerivedForm])
    })
  ),
  outputs: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      contract: Schema.Union([
        ClosedContract,
        OpenOutput,
        DerivedForm,
        Schema.Struct({ form: Schema.Literal("same") })
      ])
    })
  ),
  /** JSON pointers into the config, where more outputs are named: keys of a map, a list of names, or a name. */
  outputsFrom: Schema.optionalKey(Schema.Array(Schema.String)),
  bodies: Schema.Array(
    Schema.Struct({
      input: Schema.String,
      form: Schema.Literals(["filter", "map", "process"]),
      suspends: Schema.Boolean
    })
  ),
  /** Per input the fields of the key, where the plugin asks for one; or the config pointer that holds the list. */
  keyBy: Schema.Array(Schema.Struct({ input: Schema.String, fields: Schema.Array(FieldRef) })),
  state: Schema.Array(StateManifest),
  tables: Schema.Array(
    Schema.Struct({ name: Schema.String, contract: Schema.Union([ClosedContract, DerivedForm]) })
  ),
  /** By handle in `uses`; in templates, `{ config: "/path" }` stands for the config's value. */
  permissions: Schema.Array(Schema.Struct({ handle: Schema.String, permission: Permission })),
  timers: Schema.Boolean,
  /** Of a function: its signature, for whoever calls it by name. As a node it is a processor, which the rest describes. */
  function: Schema.optionalKey(
    Schema.Struct({
      args: Schema.Array(Schema.Struct({ name: Schema.String, schema: AvroJson })),
      returns: AvroJson
    })
  ),
  /** `endless`: pointer of the config's value that makes a bounded source endless when it is `true`. */
  source: Schema.optionalKey(
    Schema.Struct({
      bounded: Schema.Boolean,
      endless: Schema.optionalKey(Schema.String),
      /** Partitions may be added: they are asked for again so often. */
      partitionsEveryMs: Schema.optionalKey(Schema.Int)
    })
  ),
  sink: Schema.optionalKey(
    Schema.Struct({ transactional: Schema.Boolean, maxRecords: Schema.Int, maxDelayMs: Schema.Int })
  )
})
export type PluginManifest = typeof PluginManifest.Type

/** True when a source ends some time with this config. */
export const isBoundedSource = ({ source }: Pick<PluginManifest, "source">, config: unknown): boolean =>
  source?.bounded === true && (source.endless === undefined || valueAt(config, source.endless) !== true)

/** What a plugin is as a node of a pipeline: a function is a processor there. */
export const nodeKind = ({ kind }: Pick<PluginManifest, "kind">): "processor" | "source" | "sink" =>
  kind === "function" ? "processor" : kind

/** What `manifest.json` of a published archive holds. docs/formats/package.md. */
export const PackageManifest = Schema.Struct({
  manifest: Schema.Literal(1),
  abi: Schema.Literal(1),
  name: Schema.String,
  version: Schema.String,
  description: Schema.optionalKey(Schema.String),
  license: Schema.optionalKey(Schema.String),
  /** SRI (sha512) of bundle.js. */
  bundle: Schema.String,
  plugins: Schema.Array(PluginManifest)
})
export type PackageManifest = typeof PackageManifest.Type
