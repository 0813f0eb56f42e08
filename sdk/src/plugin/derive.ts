import type { DerivedContract, DeriveInput } from "../guest/abi.ts"

/** A record whose schema is known only when a pipeline is planned. */
export interface DerivedRow {
  readonly [field: string]: unknown
}

/** What `derive` is told. Runs in the sandbox, without capabilities; the same question must have the same answer. */
export interface DeriveContext<Config> {
  /** The node's config; an expression in it knows its `schema` and its `fields` here. */
  readonly config: Config
  /** What arrives: "input" when the plugin has one input. Schemas in Avro's JSON form. */
  readonly inputs: { readonly [input: string]: DeriveInput }
  /** By handle. */
  readonly tables: { readonly [handle: string]: DeriveInput }
}

/** The contract, or why there is none; `path` is a JSON pointer into the config ("/fields/2"). */
export type DeriveAnswer =
  | DerivedContract
  | { readonly error: { readonly path: string; readonly message: string } }

export type Derive<Config> = (context: DeriveContext<Config>) => DeriveAnswer
