// Generated from demo.spaces, version 1; edit by `millrace types`.
import { Avro, Contract, Schema } from "@millrace/sdk"

export const Deep = Schema.Struct({
  x: Avro.Int32
}).annotate({ "avro.name": "two.three.Deep" })
export type Deep = typeof Deep.Type

export const Other = Schema.Struct({
  deep: Deep
}).annotate({ "avro.name": "two.Other" })
export type Other = typeof Other.Type

export const Same = Schema.Struct({
  other: Other
}).annotate({ identifier: "Same" })
export type Same = typeof Same.Type

export const Flag = Avro.Enum("Flag", ["ON", "OFF"]).annotate({ "avro.namespace": "" })
export type Flag = typeof Flag.Type

export const Two = Avro.Fixed("Two", 2).annotate({ "avro.namespace": "" })
export type Two = typeof Two.Type

export const Bare = Schema.Struct({
  e: Flag,
  f: Two
}).annotate({ "avro.name": "Bare", "avro.namespace": "" })
export type Bare = typeof Bare.Type

export class Root extends Contract<Root>()({
  subject: "demo.spaces",
  schema: Schema.Struct({
    same: Same,
    none: Bare,
    flag: Schema.Array(Flag),
    again: Other,
    bare: Schema.NullOr(Bare)
  }).annotate({ "avro.name": "one.Root" })
}) {}
