// Generated from weird-subject.names_of-2, version 1; edit by `millrace types`.
import { Avro, Contract, Schema } from "@millrace/sdk"

export const SchemaType = Schema.Struct({
  Schema: Schema.String
}).annotate({ identifier: "Schema" })
export type SchemaType = typeof SchemaType.Type

export interface StringType {
  readonly value: string
  readonly ["__proto__"]: null | StringType
}
export const StringType: Schema.Codec<StringType> = Schema.Struct({
  value: Schema.String,
  ["__proto__"]: Schema.NullOr(Schema.suspend((): Schema.Codec<StringType> => StringType))
}).annotate({ identifier: "String" })

export const MovieKind = Schema.Struct({
  x: Avro.Int32
}).annotate({ "avro.name": "a.movie_kind" })
export type MovieKind = typeof MovieKind.Type

export const MovieKind2 = Schema.Struct({
  x: Avro.Int32
}).annotate({ "avro.name": "b.MovieKind" })
export type MovieKind2 = typeof MovieKind2.Type

export const Type = Avro.Enum("_", ["A", "_b"]).annotate({ "avro.namespace": "" })
export type Type = typeof Type.Type

export const ContractType = Schema.Struct({
  x: Avro.Int32
}).annotate({ "avro.name": "b.Contract" })
export type ContractType = typeof ContractType.Type

export class Class extends Contract<Class>()({
  subject: "weird-subject.names_of-2",
  schema: Schema.Struct({
    default: Schema.String,
    ["__proto__"]: Avro.Int32.annotateKey({ "avro.default": 1 }),
    constructor: Schema.NullOr(Schema.String),
    toString: Schema.Boolean,
    schema: SchemaType,
    string: StringType,
    a: MovieKind,
    b: MovieKind2,
    c: Type,
    d: ContractType,
    _1: Avro.Int32
  }).annotate({ "avro.name": "class", "avro.namespace": "" })
}) {}
