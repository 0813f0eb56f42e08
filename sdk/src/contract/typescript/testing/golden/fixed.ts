// Generated from demo.fixed, version 1; edit by `millrace types`.
import { Avro, Contract, Schema } from "@millrace/sdk"

export const Hash = Avro.Fixed("demo.Hash", 16)
export type Hash = typeof Hash.Type

export const Price = Avro.Decimal({ precision: 12, scale: 4, fixed: { name: "demo.Price", size: 8 } })
export type Price = typeof Price.Type

export const Id = Avro.Uuid.annotate({
  "avro.type": {
    kind: "fixed",
    name: "demo.Id",
    aliases: [],
    size: 16,
    logical: { name: "uuid" },
    attributes: {}
  }
})
export type Id = typeof Id.Type

export const Span = Avro.Duration.annotate({
  "avro.type": {
    kind: "fixed",
    name: "demo.Span",
    aliases: [],
    size: 12,
    logical: { name: "duration" },
    attributes: {}
  }
})
export type Span = typeof Span.Type

/** Kept. */
export const Old = Avro.Fixed("demo.Old", 2).annotate({
  "avro.type": {
    kind: "fixed",
    name: "demo.Old",
    aliases: ["demo.Older"],
    doc: "Kept.",
    size: 2,
    attributes: {}
  }
})
export type Old = typeof Old.Type

/** Kept too. */
export const Cost = Avro.Decimal({ precision: 5, scale: 1 }).annotate({
  "avro.type": {
    kind: "fixed",
    name: "demo.Cost",
    aliases: [],
    doc: "Kept too.",
    size: 8,
    logical: { name: "decimal", precision: 5, scale: 1 },
    attributes: {}
  }
})
export type Cost = typeof Cost.Type

export class Fixed extends Contract<Fixed>()({
  subject: "demo.fixed",
  key: "hash",
  schema: Schema.Struct({
    hash: Hash,
    price: Price,
    id: Id,
    span: Span,
    old: Old,
    cost: Cost,
    hashes: Schema.Array(Hash)
  }).annotate({ "avro.name": "demo.Fixed" })
}) {}
