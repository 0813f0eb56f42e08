/**
 * An Avro schema as data: parsed, with every name resolved to its full name and every reference to the type itself.
 * Recursive schemas are cyclic graphs: walk them with a set of the named types already seen.
 * (Avro 1.12 §Schema Declaration)
 */
export type AvroType = PrimitiveType | RecordType | EnumType | FixedType | ArrayType | MapType | UnionType

export type NamedType = RecordType | EnumType | FixedType

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Attributes that Avro does not define, kept in order and ignored by resolution. Ours begin with `millrace.`. */
export type Attributes = { readonly [name: string]: Json }

export type PrimitiveKind = "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string"

/** The logical types of Avro 1.12 that we know; an unknown or ill-formed one is dropped to `attributes` and its base type stays. */
export type LogicalType =
  | { readonly name: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly name: "uuid" }
  | { readonly name: "date" }
  | { readonly name: "time-millis" }
  | { readonly name: "time-micros" }
  | { readonly name: "timestamp-millis" }
  | { readonly name: "timestamp-micros" }
  | { readonly name: "local-timestamp-millis" }
  | { readonly name: "local-timestamp-micros" }
  | { readonly name: "duration" }

export interface PrimitiveType {
  readonly kind: PrimitiveKind
  readonly logical?: LogicalType
  readonly attributes: Attributes
}

export interface RecordType {
  readonly kind: "record"
  /** Full name, dotted when it has a namespace. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly doc?: string
  /** Filled after the record is registered, so that a field may refer back to it. */
  readonly fields: readonly AvroField[]
  readonly attributes: Attributes
}

export interface AvroField {
  readonly name: string
  readonly type: AvroType
  readonly doc?: string
  readonly aliases: readonly string[]
  /** Present when the field has a default; the value is as in the schema's JSON (bytes as code points 0-255). */
  readonly default?: { readonly value: Json }
  readonly order: "ascending" | "descending" | "ignore"
  readonly attributes: Attributes
}

export interface EnumType {
  readonly kind: "enum"
  readonly name: string
  readonly aliases: readonly string[]
  readonly doc?: string
  readonly symbols: readonly string[]
  readonly default?: string
  readonly attributes: Attributes
}

export interface FixedType {
  readonly kind: "fixed"
  readonly name: string
  readonly aliases: readonly string[]
  readonly doc?: string
  readonly size: number
  readonly logical?: LogicalType
  readonly attributes: Attributes
}

export interface ArrayType {
  readonly kind: "array"
  readonly items: AvroType
  readonly attributes: Attributes
}

export interface MapType {
  readonly kind: "map"
  readonly values: AvroType
  readonly attributes: Attributes
}

export interface UnionType {
  readonly kind: "union"
  readonly branches: readonly AvroType[]
}
