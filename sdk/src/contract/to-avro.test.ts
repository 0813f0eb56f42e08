import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"

import { type Json, toJson } from "../avro/index.ts"
import { Avro, AvroFormError, toAvro } from "./index.ts"

const json = (schema: Schema.Top): Json => toJson(toAvro(schema, { name: "R" }))

const fieldsOf = (schema: Schema.Top): Json => {
  const type = json(schema)
  return typeof type === "object" && type !== null && "fields" in type ? type.fields : null
}

const field = (schema: Schema.Top): Json => {
  const fields = fieldsOf(Schema.Struct({ f: schema }))
  return Array.isArray(fields) ? fields[0] : null
}

const f = (type: Json, rest: { readonly [key: string]: Json } = {}): Json => ({ name: "f", type, ...rest })

const logical = (type: string, logicalType: string): Json => ({ type, logicalType })

const check = (...checks: readonly (readonly [string, Json])[]): Json =>
  checks.map(([name, value]) => ({ check: name, value }))

const offences = (schema: Schema.Top): readonly string[] => {
  try {
    toAvro(schema, { name: "R" })
    return []
  } catch (error) {
    if (!(error instanceof AvroFormError)) throw error
    for (const offence of error.offences) assert.isAbove(offence.remedy.length, 0)
    return error.offences.map((offence) => `${offence.path}: ${offence.problem}`)
  }
}

describe("toAvro", () => {
  it.each<readonly [string, Schema.Top, Json]>([
    ["Null", Schema.Null, "null"],
    ["Boolean", Schema.Boolean, "boolean"],
    ["String", Schema.String, "string"],
    ["Number", Schema.Number, "double"],
    ["Int", Schema.Int, "long"],
    ["BigInt", Schema.BigInt, { type: "long", "millrace.js": "bigint" }],
    ["Uint8Array", Schema.Uint8Array, "bytes"],
    ["Avro.Int32", Avro.Int32, "int"],
    ["Avro.Long", Avro.Long, { type: "long", "millrace.js": "bigint" }],
    ["Avro.Float", Avro.Float, "float"],
    ["Avro.Double", Avro.Double, "double"],
    ["Avro.Bytes", Avro.Bytes, "bytes"],
    ["Avro.Uuid", Avro.Uuid, logical("string", "uuid")],
    ["Avro.Date", Avro.Date, logical("int", "date")],
    ["Avro.TimeMillis", Avro.TimeMillis, logical("int", "time-millis")],
    ["Avro.TimeMicros", Avro.TimeMicros, logical("long", "time-micros")],
    ["Avro.TimestampMillis", Avro.TimestampMillis, logical("long", "timestamp-millis")],
    ["Avro.TimestampMicros", Avro.TimestampMicros, logical("long", "timestamp-micros")],
    ["Avro.LocalTimestampMillis", Avro.LocalTimestampMillis, logical("long", "local-timestamp-millis")],
    ["Avro.LocalTimestampMicros", Avro.LocalTimestampMicros, logical("long", "local-timestamp-micros")],
    [
      "Avro.Decimal",
      Avro.Decimal({ precision: 9, scale: 2 }),
      { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 }
    ],
    [
      "Avro.Decimal as fixed",
      Avro.Decimal({ precision: 9, scale: 2, fixed: { name: "Money", size: 4 } }),
      { type: "fixed", name: "Money", size: 4, logicalType: "decimal", precision: 9, scale: 2 }
    ],
    ["Avro.Fixed", Avro.Fixed("Md5", 16), { type: "fixed", name: "Md5", size: 16 }],
    ["Avro.Duration", Avro.Duration, { type: "fixed", name: "Duration", size: 12, logicalType: "duration" }],
    [
      "Avro.Enum",
      Avro.Enum("Kind", ["A", "B"], { default: "B", doc: "which" }),
      { type: "enum", name: "Kind", doc: "which", symbols: ["A", "B"], default: "B" }
    ],
    ["Array", Schema.Array(Schema.Int), { type: "array", items: "long" }],
    ["Record", Schema.Record(Schema.String, Schema.Number), { type: "map", values: "double" }],
    ["NullOr", Schema.NullOr(Schema.String), ["null", "string"]],
    ["Union", Schema.Union([Schema.String, Schema.Null, Schema.Int]), ["null", "string", "long"]],
    ["a union of equals", Schema.Union([Schema.String, Schema.String]), "string"],
    ["a class of dates, by its encoded side", Schema.DateFromString, "string"],
    ["Literals", Schema.Literals(["a", "b"]), { type: "enum", name: "R_f", symbols: ["a", "b"] }],
    ["a nested struct", Schema.Struct({}), { type: "record", name: "R_f", fields: [] }],
    [
      "an array of structs",
      Schema.Array(Schema.Struct({})),
      { type: "array", items: { type: "record", name: "R_f_item", fields: [] } }
    ]
  ])("writes %s", (_, schema, expected) => {
    assert.deepStrictEqual(field(schema), f(expected))
  })

  it("writes literals that are no symbols as a string with a pattern", () => {
    assert.deepStrictEqual(
      field(Schema.Literals(["PG-13", "R (a)"])),
      f({
        type: "string",
        "millrace.literals": ["PG-13", "R (a)"],
        "millrace.checks": [{ check: "pattern", value: "^(?:PG-13|R \\(a\\))$" }]
      })
    )
  })

  it("writes literals beside other types as one enum", () => {
    const mixed = Schema.Union([Schema.Literal("a"), Schema.Int, Schema.Literal("b")])
    assert.deepStrictEqual(field(mixed), f(["long", { type: "enum", name: "R_f_1", symbols: ["a", "b"] }]))
  })

  it.each<readonly [string, Schema.Top, Json]>([
    [
      "bounds",
      Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 5, exclusiveMaximum: true })),
      check(["minimum", 0], ["exclusiveMaximum", 5])
    ],
    [
      "more bounds",
      Schema.Int.check(Schema.isGreaterThan(1), Schema.isLessThanOrEqualTo(9)),
      check(["exclusiveMinimum", 1], ["maximum", 9])
    ],
    [
      "other bounds",
      Schema.Int.check(Schema.isGreaterThanOrEqualTo(1), Schema.isLessThan(9)),
      check(["minimum", 1], ["exclusiveMaximum", 9])
    ],
    ["a divisor", Schema.Number.check(Schema.isMultipleOf(0.5)), check(["multipleOf", 0.5])],
    ["bigint bounds", Schema.BigInt.check(Schema.isGreaterThanBigInt(3n)), check(["exclusiveMinimum", 3])],
    ["finite", Schema.Finite, check(["minimum", -Number.MAX_VALUE], ["maximum", Number.MAX_VALUE])],
    [
      "lengths",
      Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(3)),
      check(["minLength", 1], ["maxLength", 3])
    ],
    ["a pattern", Schema.String.check(Schema.isPattern(/^a+$/)), check(["pattern", "^a+$"])],
    ["a prefix", Schema.String.check(Schema.isStartingWith("a.")), check(["pattern", "^a\\."])],
    ["an array's length", Schema.NonEmptyArray(Schema.Int), check(["minLength", 1])],
    [
      "a map's size",
      Schema.Record(Schema.String, Schema.Int).check(Schema.isMinProperties(2)),
      check(["minLength", 2])
    ],
    ["on top of a type of ours", Avro.Date.check(Schema.isGreaterThan(0)), check(["exclusiveMinimum", 0])]
  ])("carries checks: %s", (_, schema, checks) => {
    const written = field(schema)
    const type = typeof written === "object" && written !== null && "type" in written ? written.type : null
    assert.deepStrictEqual(
      typeof type === "object" && type !== null && "type" in type && Object.entries(type).at(-1),
      ["millrace.checks", checks]
    )
  })

  it("names types by identifier, by annotation, else by their place, in the namespace around", () => {
    class Person extends Schema.Class<Person>("Person")({ name: Schema.String }) {}
    const schema = Schema.Struct({
      director: Person,
      writer: Schema.NullOr(Person),
      own: Schema.Struct({}).annotate({
        identifier: "x",
        "avro.name": "Own",
        "avro.namespace": "other",
        "avro.aliases": ["Was"]
      }),
      again: Schema.optionalKey(Schema.Struct({}).annotate({ identifier: "Own2", description: "what" }))
    })
    const type = toAvro(schema, { name: "Movie", namespace: "studio" })
    assert.deepStrictEqual(toJson(type), {
      type: "record",
      name: "studio.Movie",
      fields: [
        {
          name: "director",
          type: { type: "record", name: "studio.Person", fields: [{ name: "name", type: "string" }] }
        },
        { name: "writer", type: ["null", "studio.Person"] },
        { name: "own", type: { type: "record", name: "other.Own", aliases: ["other.Was"], fields: [] } },
        {
          name: "again",
          type: ["null", { type: "record", name: "studio.Own2", doc: "what", fields: [] }],
          default: null
        }
      ]
    })
  })

  it("uses a type again wherever the same schema stands, also made twice alike", () => {
    const status = Schema.Literals(["open", "closed"])
    const money = () => Schema.Struct({ amount: Schema.Int }).annotate({ identifier: "Money" })
    assert.deepStrictEqual(
      fieldsOf(Schema.Struct({ a: status, b: Schema.NullOr(status), c: money(), d: money() })),
      [
        { name: "a", type: { type: "enum", name: "R_a", symbols: ["open", "closed"] } },
        { name: "b", type: ["null", "R_a"] },
        { name: "c", type: { type: "record", name: "Money", fields: [{ name: "amount", type: "long" }] } },
        { name: "d", type: "Money" }
      ]
    )
  })

  it("follows recursion, directly and through another", () => {
    interface Tree {
      readonly label: string
      readonly children: readonly Tree[]
    }
    const tree: Schema.Codec<Tree> = Schema.Struct({
      label: Schema.String,
      children: Schema.Array(Schema.suspend((): Schema.Codec<Tree> => tree))
    })
    assert.deepStrictEqual(json(tree), {
      type: "record",
      name: "R",
      fields: [
        { name: "label", type: "string" },
        { name: "children", type: { type: "array", items: "R" } }
      ]
    })
  })

  it("stops at a recursion that makes another type at every turn", () => {
    const endless = (): Schema.Top => Schema.Struct({ next: Schema.NullOr(Schema.suspend(endless)) })
    assert.deepStrictEqual(
      offences(endless()).map((line) => line.replace(/^.*: /, "")),
      ["the schema is nested deeper than 64"]
    )
  })

  it.each<readonly [string, Schema.Top, Json]>([
    ["an optional key", Schema.optionalKey(Schema.Int), f(["null", "long"], { default: null })],
    ["an optional value", Schema.optional(Schema.Int), f(["null", "long"], { default: null })],
    [
      "decoding",
      Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed("x"))),
      f("string", { default: "x" })
    ],
    [
      "the constructor",
      Schema.Boolean.pipe(Schema.withConstructorDefault(Effect.succeed(true))),
      f("boolean", { default: true })
    ],
    ["an annotation", Schema.Int.annotateKey({ "avro.default": 7 }), f("long", { default: 7 })],
    [
      "an annotation of a union, its branch first",
      Schema.NullOr(Schema.Int).annotateKey({ "avro.default": 7 }),
      f(["long", "null"], { default: 7 })
    ],
    [
      "bytes",
      Schema.Uint8Array.pipe(Schema.withConstructorDefault(Effect.succeed(Uint8Array.of(0, 255)))),
      f("bytes", { default: "\u0000\u00ff" })
    ],
    [
      "a decimal",
      Avro.Decimal({ precision: 4, scale: 2 }).pipe(Schema.withConstructorDefault(Effect.succeed("-1.29"))),
      f({ type: "bytes", logicalType: "decimal", precision: 4, scale: 2 }, { default: "\u00ff\u007f" })
    ],
    [
      "one that is computed anew each time",
      Schema.Int.pipe(Schema.withConstructorDefault(Effect.sync(() => 1))),
      f("long")
    ]
  ])("takes a default from %s", (_, schema, expected) => {
    assert.deepStrictEqual(field(schema), expected)
  })

  it("says on the field: doc, aliases, order, source, sensitivity and attributes", () => {
    assert.deepStrictEqual(
      field(
        Schema.NullOr(Schema.Number.annotate({ description: "0 to 10" })).annotateKey({
          "millrace.source": "IMDB Rating",
          "avro.aliases": ["score"],
          "avro.order": "descending",
          "avro.attributes": { unit: "stars" }
        })
      ),
      f(["null", "double"], {
        aliases: ["score"],
        doc: "0 to 10",
        order: "descending",
        unit: "stars",
        "millrace.source": "IMDB Rating"
      })
    )
    const secret = Schema.String.annotate({ "millrace.sensitive": true })
    for (const schema of [
      secret,
      Schema.NullOr(secret),
      Schema.Array(secret),
      Schema.Record(Schema.String, secret)
    ]) {
      const written = field(schema)
      assert.strictEqual(
        typeof written === "object" &&
          written !== null &&
          "millrace.sensitive" in written &&
          written["millrace.sensitive"],
        true
      )
    }
  })

  it("refuses all that has no Avro form at once, each with its place", () => {
    const schema = Schema.Struct({
      when: Schema.Date,
      inner: Schema.Struct({ option: Schema.Option(Schema.String), "IMDB Rating": Schema.Number }),
      pair: Schema.Tuple([Schema.String, Schema.Int]),
      own: Schema.String.check(Schema.makeFilter((text) => text.length > 1)),
      flagged: Schema.String.check(Schema.isPattern(/a/i)),
      numbers: Schema.Union([Schema.Number, Schema.Finite]),
      one: Schema.Literal(1),
      any: Schema.Array(Schema.Unknown),
      keyed: Schema.Record(Schema.String.check(Schema.isMinLength(1)), Schema.Int),
      unique: Schema.Record(Schema.String, Schema.Array(Schema.Int).check(Schema.isUnique()))
    })
    assert.deepStrictEqual(offences(schema), [
      "when: Date has no Avro form",
      "inner.option: Option has no Avro form",
      'inner: "IMDB Rating" is not a name in Avro',
      "pair: a tuple has no Avro form",
      "own: a check of your own cannot travel with the schema",
      "flagged: a pattern with flags cannot travel with the schema",
      "numbers: a union cannot have two different branches of type double",
      "one: only literals that are strings have an Avro form",
      "any[]: Unknown has no Avro form",
      "keyed: a record of this form has no Avro form",
      "unique{}: the check isUnique cannot travel with the schema"
    ])
  })

  it("refuses what only the whole schema shows: no name, two types of one name, a default that does not fit", () => {
    assert.throws(() => toAvro(Schema.Struct({})), AvroFormError, "the type has no name")
    const two = Schema.Struct({
      a: Schema.Struct({ x: Schema.Int }).annotate({ identifier: "Same" }),
      b: Schema.Struct({ y: Schema.Int }).annotate({ identifier: "Same" })
    })
    assert.deepStrictEqual(offences(two), ["b: two different types are named Same"])
    assert.match(
      offences(Schema.Struct({ a: Schema.Int.annotateKey({ "avro.default": "x" }) }))[0] ?? "",
      /^fields\[0\]\.default: .*no default/
    )
    assert.throws(() => Avro.Decimal({ precision: 5, scale: 2, fixed: { name: "F", size: 2 } }), RangeError)
  })
})
