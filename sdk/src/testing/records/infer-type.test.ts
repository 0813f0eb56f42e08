import { type Json, toJson } from "../../avro/index.ts"
import { compileValue, fromJsonValue, toJsonValue } from "../../codec/index.ts"
import { ByteSink } from "../../record/index.ts"
import { assert, describe, it } from "vitest"
import { inferType } from "./infer-type.ts"

describe("the type of an author's own records", () => {
  it("takes every one of them, as it is", () => {
    const records: readonly Json[] = [
      { id: "a", size: 1, price: 1.5, ok: true, tags: ["x", null], at: { city: "Ulm" } },
      { id: "b", size: 2, price: 2, ok: false, tags: [], at: { city: "Bonn", zip: 5 }, more: null }
    ]
    const type = inferType("dev.t", records)
    const codec = compileValue(type)
    for (const record of records) {
      const sink = new ByteSink(10_000, 100)
      codec.write(fromJsonValue(type, record), sink)
      const bytes = sink.toBytes()
      assert.deepInclude(toJsonValue(type, codec.read(bytes, 0, bytes.length)), {
        id: Object(record).id,
        price: Object(record).price
      })
    }
  })

  it("lets what is not everywhere be null", () => {
    assert.deepStrictEqual(toJson(inferType("T", [{ a: 1 }, { a: 2, b: "x" }])), {
      type: "record",
      name: "T",
      fields: [
        { name: "a", type: "long" },
        { name: "b", type: ["null", "string"], default: null }
      ]
    })
  })
})
