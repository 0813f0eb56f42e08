/**
 * Cases that Apache Avro publishes for all implementations (apache/avro, share/test, Apache License 2.0), ported: schemas
 * with their Parsing Canonical Form and its CRC-64-AVRO as a signed 64-bit number (data/schema-tests.txt), and bytes that
 * every decoder must refuse (data/binary-rejections.json).
 */
export interface CanonicalCase {
  readonly schema: string
  readonly canonical: string
  readonly fingerprint: bigint
}

const named = (name: string, rest: string): string => `{"name":"${name}",${rest}}`

const primitiveCases = (
  [
    ["null", 7195948357588979594n],
    ["boolean", -6970731678124411036n],
    ["int", 8247732601305521295n],
    ["long", -3434872931120570953n],
    ["float", 5583340709985441680n],
    ["double", -8181574048448539266n],
    ["bytes", 5746618253357095269n],
    ["string", -8142146995180207161n]
  ] as const
).flatMap(([kind, fingerprint]): readonly CanonicalCase[] => [
  { schema: `"${kind}"`, canonical: `"${kind}"`, fingerprint },
  { schema: `{"type":"${kind}"}`, canonical: `"${kind}"`, fingerprint }
])

const emptyFoo = named("foo", `"type":"record","fields":[]`)

export const canonicalCases: readonly CanonicalCase[] = [
  ...primitiveCases,
  { schema: "[  ]", canonical: "[]", fingerprint: -1241056759729112623n },
  { schema: `[ "int"  ]`, canonical: `["int"]`, fingerprint: -5232228896498058493n },
  {
    schema: `[ "int" , {"type":"boolean"} ]`,
    canonical: `["int","boolean"]`,
    fingerprint: 5392556393470105090n
  },
  {
    schema: `{"fields":[], "type":"record", "name":"foo"}`,
    canonical: emptyFoo,
    fingerprint: -4824392279771201922n
  },
  {
    schema: `{"fields":[], "type":"record", "name":"foo", "namespace":"x.y"}`,
    canonical: named("x.y.foo", `"type":"record","fields":[]`),
    fingerprint: 5916914534497305771n
  },
  {
    schema: `{"fields":[], "type":"record", "name":"a.b.foo", "namespace":"x.y"}`,
    canonical: named("a.b.foo", `"type":"record","fields":[]`),
    fingerprint: -4616218487480524110n
  },
  {
    schema: `{"fields":[], "type":"record", "name":"foo", "doc":"Useful info"}`,
    canonical: emptyFoo,
    fingerprint: -4824392279771201922n
  },
  {
    schema: `{"fields":[], "type":"record", "name":"foo", "aliases":["foo","bar"]}`,
    canonical: emptyFoo,
    fingerprint: -4824392279771201922n
  },
  {
    schema: `{"fields":[], "type":"record", "name":"foo", "doc":"foo", "aliases":["foo","bar"]}`,
    canonical: emptyFoo,
    fingerprint: -4824392279771201922n
  },
  {
    schema: `{"fields":[{"type":{"type":"boolean"}, "name":"f1"}], "type":"record", "name":"foo"}`,
    canonical: named("foo", `"type":"record","fields":[{"name":"f1","type":"boolean"}]`),
    fingerprint: 7843277075252814651n
  },
  {
    // Published with the default "true", a string, which is no boolean: see `invalidDefaultCase`.
    schema: `{ "fields":[{"type":"boolean", "aliases":[], "name":"f1", "default":true},
            {"order":"descending","name":"f2","doc":"Hello","type":"int"}],
  "type":"record", "name":"foo"
}`,
    canonical: named(
      "foo",
      `"type":"record","fields":[{"name":"f1","type":"boolean"},{"name":"f2","type":"int"}]`
    ),
    fingerprint: -4860222112080293046n
  },
  {
    schema: `{"type":"enum", "name":"foo", "symbols":["A1"]}`,
    canonical: named("foo", `"type":"enum","symbols":["A1"]`),
    fingerprint: -6342190197741309591n
  },
  {
    schema: `{"namespace":"x.y.z", "type":"enum", "name":"foo", "doc":"foo bar", "symbols":["A1", "A2"]}`,
    canonical: named("x.y.z.foo", `"type":"enum","symbols":["A1","A2"]`),
    fingerprint: -4448647247586288245n
  },
  {
    schema: `{"name":"foo","type":"fixed","size":15}`,
    canonical: named("foo", `"type":"fixed","size":15`),
    fingerprint: 1756455273707447556n
  },
  {
    schema: `{"namespace":"x.y.z", "type":"fixed", "name":"foo", "doc":"foo bar", "size":32}`,
    canonical: named("x.y.z.foo", `"type":"fixed","size":32`),
    fingerprint: -3064184465700546786n
  },
  {
    schema: `{ "items":{"type":"null"}, "type":"array"}`,
    canonical: `{"type":"array","items":"null"}`,
    fingerprint: -589620603366471059n
  },
  {
    schema: `{ "values":"string", "type":"map"}`,
    canonical: `{"type":"map","values":"string"}`,
    fingerprint: -8732877298790414990n
  },
  {
    schema: `  {"name":"PigValue","type":"record",
   "fields":[{"name":"value", "type":["null", "int", "long", "PigValue"]}]}`,
    canonical: named(
      "PigValue",
      `"type":"record","fields":[{"name":"value","type":["null","int","long","PigValue"]}]`
    ),
    fingerprint: -1759257747318642341n
  }
]

/** The one published schema that we refuse, since its default is no value of its type. */
export const invalidDefaultCase = `{"fields":[{"type":"boolean", "aliases":[], "name":"f1", "default":"true"}], "type":"record", "name":"foo"}`

export interface BinaryRejection {
  readonly name: string
  readonly schema: string
  readonly hex: string
}

export const binaryRejections: readonly BinaryRejection[] = [
  { name: "long_varint_non_terminating", schema: `"long"`, hex: "80808080808080808080" },
  { name: "int_varint_non_terminating", schema: `"int"`, hex: "8080808080" },
  {
    name: "array_block_count_int64_min",
    schema: `{"type":"array","items":"int"}`,
    hex: "ffffffffffffffffff0102"
  },
  { name: "bytes_length_negative", schema: `"bytes"`, hex: "01" },
  { name: "string_length_negative", schema: `"string"`, hex: "01" },
  { name: "union_branch_index_negative", schema: `["null","int"]`, hex: "01" },
  { name: "union_branch_index_too_large", schema: `["null","int"]`, hex: "0a" },
  { name: "enum_index_negative", schema: `{"type":"enum","name":"E","symbols":["A","B"]}`, hex: "01" },
  { name: "enum_index_too_large", schema: `{"type":"enum","name":"E","symbols":["A","B"]}`, hex: "0a" }
]

/** Of share/test/schemas/interop.avsc: every type once, and a logical type on fields, where it means nothing. */
export const interopSchema = `{"type": "record", "name":"Interop", "namespace": "org.apache.avro", "fields": [
  {"name": "intField", "type": "int"}, {"name": "longField", "type": "long"}, {"name": "stringField", "type": "string"},
  {"name": "boolField", "type": "boolean"}, {"name": "floatField", "type": "float"}, {"name": "doubleField", "type": "double"},
  {"name": "bytesField", "type": "bytes"}, {"name": "nullField", "type": "null"},
  {"name": "arrayField", "type": {"type": "array", "items": "double"}},
  {"name": "mapField", "type": {"type": "map", "values":
    {"type": "record", "name": "Foo", "fields": [{"name": "label", "type": "string"}]}}},
  {"name": "unionField", "type": ["boolean", "double", {"type": "array", "items": "bytes"}]},
  {"name": "enumField", "type": {"type": "enum", "name": "Kind", "symbols": ["A","B","C"]}},
  {"name": "fixedField", "type": {"type": "fixed", "name": "MD5", "size": 16}},
  {"name": "recordField", "type": {"type": "record", "name": "Node", "fields": [
    {"name": "label", "type": "string"}, {"name": "children", "type": {"type": "array", "items": "Node"}}]}},
  {"name": "timeMillisField", "type": "int", "logicalType": "time-millis"},
  {"name": "timestampMicrosField", "type": "long", "logicalType": "time-millis"}
]}`
