import type * as Schema from "effect/Schema"

/** A field whose name in the record is a value of the node's config; `pointer` is a JSON pointer. */
export interface FieldFromConfig<S> {
  readonly pointer: string
  readonly schema: S
}

/**
 * A field of an open contract whose name stands in the config: `reads: { amount: field("amountField", Schema.Number) }`.
 * The body sees it as `amount`. Without a schema it names a field for `keyBy` or `drops` only; for `keyBy` the config's
 * value may also be a list of names. `key`: a key of the config, or a path of keys with dots.
 */
export function field(key: string): FieldFromConfig<undefined>
export function field<S extends Schema.Top>(key: string, schema: S): FieldFromConfig<S>
export function field(key: string, schema?: Schema.Top): FieldFromConfig<Schema.Top | undefined> {
  return { pointer: pointerOf(key), schema }
}

/** The JSON pointer (RFC 6901) of a dotted path of config keys. */
export const pointerOf = (key: string): string =>
  key
    .split(".")
    .map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("")

/** The fields of an open contract by the names that the body uses. */
export interface OpenFields {
  readonly [property: string]: Schema.Top | FieldFromConfig<Schema.Top>
}

type FieldType<F> =
  F extends FieldFromConfig<infer S extends Schema.Top> ? S["Type"] : F extends Schema.Top ? F["Type"] : never

/** The plain object of an open contract's fields. */
export type RowOf<Fields> = { readonly [K in keyof Fields]: FieldType<Fields[K]> }
