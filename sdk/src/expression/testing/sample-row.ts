import type { AvroField, AvroType, LogicalType, PrimitiveKind, RecordType } from "../../avro/type.ts"

export function primitive(kind: PrimitiveKind, logical?: LogicalType): AvroType {
  return logical === undefined ? { kind, attributes: {} } : { kind, logical, attributes: {} }
}

export function orNull(type: AvroType): AvroType {
  return { kind: "union", branches: [primitive("null"), type] }
}

export function record(name: string, fields: { readonly [name: string]: AvroType }): RecordType {
  const list = Object.entries(fields).map(([field, type]): AvroField => ({
    name: field,
    type,
    aliases: [],
    order: "ascending",
    attributes: {}
  }))
  return { kind: "record", name, aliases: [], fields: list, attributes: {} }
}

const bigLong: AvroType = { kind: "long", attributes: { "millrace.js": "bigint" } }
const color: AvroType = {
  kind: "enum",
  name: "shop.Color",
  aliases: [],
  symbols: ["RED", "GREEN"],
  attributes: {}
}
const address = record("shop.Address", { city: primitive("string"), zip: orNull(primitive("string")) })

/** One field of every SQL type, and of most also a nullable one, which begins with n. */
export const sampleSchema: RecordType = record("shop.Sample", {
  i: primitive("int"),
  ni: orNull(primitive("int")),
  l: primitive("long"),
  nl: orNull(primitive("long")),
  w: orNull(bigLong),
  f: primitive("float"),
  d: primitive("double"),
  nd: orNull(primitive("double")),
  s: primitive("string"),
  ns: orNull(primitive("string")),
  b: primitive("boolean"),
  nb: orNull(primitive("boolean")),
  p: primitive("bytes", { name: "decimal", precision: 10, scale: 2 }),
  np: orNull(primitive("bytes", { name: "decimal", precision: 10, scale: 2 })),
  day: primitive("int", { name: "date" }),
  clock: primitive("int", { name: "time-millis" }),
  at: primitive("long", { name: "timestamp-millis" }),
  micros: primitive("long", { name: "local-timestamp-micros" }),
  color,
  id: primitive("string", { name: "uuid" }),
  raw: primitive("bytes"),
  choice: { kind: "union", branches: [primitive("null"), primitive("int"), primitive("string")] },
  list: { kind: "array", items: orNull(primitive("int")), attributes: {} },
  prices: orNull({
    kind: "array",
    items: primitive("bytes", { name: "decimal", precision: 6, scale: 1 }),
    attributes: {}
  }),
  labels: { kind: "map", values: primitive("string"), attributes: {} },
  home: address,
  away: orNull(address)
})

/** A row of {@link sampleSchema}, with some of its values changed. */
export function sampleRow(changes: { readonly [name: string]: unknown } = {}): {
  readonly [name: string]: unknown
} {
  return {
    i: 7,
    ni: null,
    l: 9_000_000_000,
    nl: null,
    w: 9_007_199_254_740_993n,
    f: Math.fround(0.1),
    d: 2.5,
    nd: null,
    s: "héllo😀",
    ns: null,
    b: true,
    nb: null,
    p: "12.30",
    np: null,
    day: 18_262,
    clock: 45_296_789,
    at: 1_577_836_800_123,
    micros: 1_577_836_800_123_456,
    color: "RED",
    id: "6f2c1e1a-0000-4000-8000-000000000001",
    raw: new Uint8Array([1, 2]),
    choice: "x",
    list: [10, null, 30],
    prices: ["1.5", "-2.0"],
    labels: Object.assign(Object.create(null), { k: "v" }),
    home: { city: "Graz", zip: null },
    away: null,
    ...changes
  }
}
