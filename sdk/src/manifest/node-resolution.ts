import type { AvroType, RecordType } from "../avro/type.ts"
import type { OutputView, View } from "../codec/view.ts"
import type { TypedExpression } from "../expression/index.ts"
import type { DeriveRequest, DerivedContract } from "../guest/abi.ts"
import type { Permission } from "../permission/permission.ts"
import type { PluginManifest } from "./manifest.ts"

/** A stream as it arrives at a node: its writer schema and the fields that its record keys are made of ([]: not known). */
export interface NodeStream {
  readonly schema: RecordType
  readonly key: readonly string[]
}

/** What a node is resolved from: a plugin, the node's config (encoded side, plain JSON), and what feeds it. */
export interface NodeRequest {
  readonly plugin: PluginManifest
  readonly config: unknown
  /** By input name; a source has none. */
  readonly inputs: { readonly [input: string]: NodeStream }
  /** By handle. */
  readonly tables: { readonly [handle: string]: NodeStream }
  /** The plugin's answer to {@link deriveRequest}, for a plugin with a derived contract ({@link needsDerive}). */
  readonly derived?: DerivedContract | undefined
}

/** Stable; the planner gives them to users as they are. */
export type NodeProblemCode =
  | "INPUT_MISSING"
  | "TABLE_MISSING"
  | "UNKNOWN_FIELD"
  | "FIELD_EXISTS"
  | "NAME_CONFLICT"
  | "CONFIG_INVALID"
  | "SCHEMA_MISMATCH"
  | "SCHEMA_INVALID"
  | "EXPRESSION_SYNTAX"
  | "EXPRESSION_TYPE"
  | "KEY_MISSING"
  | "DERIVE_INVALID"

export interface NodeProblem {
  readonly code: NodeProblemCode
  /** `config/where` (a JSON pointer of the config), `input/orders`, `output/output`, `table/rates`, `key/input`. */
  readonly path: string
  readonly message: string
  readonly remedy: string
  /** Where in an expression's text, in UTF-16 code units; for the expression codes only. */
  readonly span?: { readonly start: number; readonly end: number }
}

export type Resolved<A> = { readonly ok: A } | { readonly problems: readonly NodeProblem[] }

export interface ResolvedNode {
  readonly inputs: { readonly [input: string]: ResolvedInput }
  readonly outputs: { readonly [output: string]: ResolvedOutput }
  readonly tables: { readonly [handle: string]: ResolvedTable }
  readonly state: readonly ResolvedState[]
  /** By JSON pointer of the config. */
  readonly expressions: { readonly [pointer: string]: TypedExpression }
  /** Every template replaced by the config's value. */
  readonly permissions: readonly { readonly handle: string; readonly permission: Permission }[]
}

export interface ResolvedInput {
  /** For `generateView`. Its `output` is "none" where a closed output's own writer does the writing. */
  readonly view: View
  /** The schema of the value that the body gets: `GuestHost.schema`. */
  readonly reader: RecordType
  /** The fields that the record key must be made of before it comes here; []: all records by one key; undefined: the plugin does not ask. */
  readonly keyBy: readonly string[] | undefined
  /** What of the stream cannot be read, though the rest can: one sentence each, that names the field. Records with it fail. */
  readonly unreadable: readonly string[]
}

export interface ResolvedOutput {
  /** What records of this output are written with. */
  readonly schema: RecordType
  /** `same`: the input's bytes pass. `view`: the input's view writes them. `writer`: `generateWriter(schema)` does. */
  readonly form: "same" | "view" | "writer"
  /** The subject of a closed contract. */
  readonly subject: string | undefined
  /** The fields that the record key is made of; []: not known, the input's key bytes stay. */
  readonly key: readonly string[]
  /** True when the key must be made anew from the value's bytes (`generateKey(schema, key)`). */
  readonly rekey: boolean
  /** Output field -> `input.field` or `table.field` that it is made from; a superset where the body is code. */
  readonly lineage: { readonly [field: string]: readonly string[] }
}

export interface ResolvedTable {
  /** Reads the table's rows; `output` is "none". */
  readonly view: View
  readonly key: readonly string[]
  readonly keyTypes: readonly AvroType[]
}

export interface ResolvedState {
  readonly name: string
  readonly kind: "value" | "map"
  readonly schema: AvroType
  readonly mapKey: AvroType | undefined
  readonly ttlMs: number | undefined
  /** Values of earlier versions that the plugin has a migration from. */
  readonly migrate: readonly AvroType[]
}

export type { DerivedContract, DeriveRequest, OutputView }
