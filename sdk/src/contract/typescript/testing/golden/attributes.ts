// Generated from demo.attributes, version 1; edit by `millrace types`.
import { Avro, Contract, Schema } from "@millrace/sdk"

export class Attributes extends Contract<Attributes>()({
  subject: "demo.attributes",
  key: "code",
  schema: Schema.Struct({
    code: Schema.String.annotate({ "avro.attributes": { "x.y": 1 } })
      .check(Schema.isPattern(/^[A-Z]{2,3}$/), Schema.isMinLength(2))
      .annotateKey({ "avro.order": "descending" }),
    slashed: Schema.String.annotate({
      "avro.attributes": { "millrace.checks": [{ check: "pattern", value: "^a/b$" }] }
    }),
    odd: Avro.Int32.annotate({ "avro.attributes": { "millrace.checks": [{ check: "shape", value: 1 }] } }),
    late: Avro.Long.annotate({
      "avro.type": { kind: "long", attributes: { unit: "ms", "millrace.js": "bigint" } }
    }),
    first: Schema.String.annotate({
      "avro.attributes": { "millrace.checks": [{ check: "minLength", value: 1 }], unit: "x" }
    }),
    swapped: Schema.String.annotateKey({
      "avro.attributes": {
        "millrace.sensitive": false,
        "millrace.source": 'A "quoted" name',
        owner: { team: "studio", since: 2019 }
      }
    }),
    ignored: Schema.NullOr(Schema.Uint8Array).annotateKey({
      "avro.aliases": ["wasIgnored", "skipped"],
      "avro.default": null,
      "avro.order": "ignore"
    }),
    stepped: Avro.Int32.check(Schema.isGreaterThan(0), Schema.isMultipleOf(5))
  }).annotate({
    "avro.name": "demo.Attributes",
    "avro.aliases": ["demo.Old"],
    "avro.attributes": { owner: { team: "studio" } }
  })
}) {}
