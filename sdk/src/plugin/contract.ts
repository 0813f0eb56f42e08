import type * as Schema from "effect/Schema"
import { contractClass } from "./contract-boundary.ts"

declare const contract: unique symbol

/**
 * The phantom of a contract's values: an optional *method* of a *class*, so that a plain literal fits, a spread drops it,
 * a whole value of another contract does not fit, and completion does not show it. Nothing of it exists at run time.
 */
export declare class MadeOf<Subject extends string> {
  [contract]?(): Subject
}

/** What a contract is at run time: a schema of plain objects with a subject and the fields of its key. */
export interface ContractParts {
  readonly subject: string
  /** [] when the contract has no key. */
  readonly key: readonly string[]
  /** Of the key's value; in types only. */
  readonly "~key"?: unknown
}

/** Any contract; what the options of a plugin accept. */
export type AnyContract = Schema.Top & ContractParts

/** The type of a contract's key: of its one field, or a tuple of several. */
export type KeyOf<C> = C extends { readonly "~key"?: infer K } ? Exclude<K, undefined> : never

/** A contract as a class: `Self` is its value's type. It is an Effect Schema, so that it nests: `Schema.Array(Movie)`. */
export type ContractClass<
  Self,
  Subject extends string,
  Fields extends Schema.Struct.Fields,
  Key
> = Schema.Opaque<Self, Schema.Struct<Fields>, MadeOf<Subject>> & {
  readonly subject: Subject
  readonly key: readonly string[]
  readonly "~key"?: Key
  readonly fields: Fields
  /** Checks a value and answers it as one of this contract. Throws when it does not fit. */
  readonly make: (input: Schema.Struct<Fields>["~type.make.in"]) => Self
}

export interface ContractOptions<Subject extends string, Fields extends Schema.Struct.Fields, Key> {
  /** The name of the schema line in the registry, dotted: `studio.movies`. Also the Avro record's full name. */
  readonly subject: Subject
  /** The field or fields that a record's key is made of; absent: records have no key of their own. */
  readonly key?: Key
  /** No transformations and no optional keys (use `Schema.NullOr`): what a body sees is what the Avro bytes hold. */
  readonly schema: Schema.Struct<Fields>
}

type KeyFields<Fields> = (keyof Fields & string) | readonly (keyof Fields & string)[]
type KeyValue<Fields extends Schema.Struct.Fields, Key> = Key extends readonly string[]
  ? { readonly [I in keyof Key]: Fields[Key[I] & keyof Fields]["Type"] }
  : Key extends keyof Fields
    ? Fields[Key]["Type"]
    : never

/**
 * Declares a contract as a class:
 * `class Movie extends Contract<Movie>()({ subject: "studio.movies", key: "id", schema: Schema.Struct({ … }) }) {}`.
 * Values are plain objects, never instances. A schema that no record can carry is refused when the manifest is made.
 */
export const Contract =
  <Self>() =>
  <
    const Subject extends string,
    const Fields extends Schema.Struct.Fields,
    const Key extends KeyFields<Fields> = never
  >(
    options: ContractOptions<Subject, Fields, Key>
  ): ContractClass<Self, Subject, Fields, KeyValue<Fields, Key>> =>
    contractClass<ContractClass<Self, Subject, Fields, KeyValue<Fields, Key>>>(options)

/** A contract without a class, for generated code; its values' type is the whole struct. */
export const defineContract = <
  const Subject extends string,
  const Fields extends Schema.Struct.Fields,
  const Key extends KeyFields<Fields> = never
>(
  options: ContractOptions<Subject, Fields, Key>
) =>
  contractClass<
    ContractClass<Schema.Struct.Type<Fields> & MadeOf<Subject>, Subject, Fields, KeyValue<Fields, Key>>
  >(options)
