import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/index.ts"
import { plainJson } from "./plain-json.ts"

const jsonOf = (type: unknown, value: unknown): unknown =>
  JSON.parse(JSON.stringify(plainJson(parseAvroOrThrow(JSON.stringify(type)))(value)))

describe("values as JSON for programs outside", () => {
  it("writes dates and times in ISO 8601", () => {
    assert.strictEqual(jsonOf({ type: "int", logicalType: "date" }, 6_561), "1987-12-19")
    assert.strictEqual(
      jsonOf({ type: "long", logicalType: "timestamp-millis" }, 1_001),
      "1970-01-01T00:00:01.001Z"
    )
    assert.strictEqual(
      jsonOf({ type: "long", logicalType: "timestamp-micros" }, -1),
      "1969-12-31T23:59:59.999999Z"
    )
  })

  it("writes as text what no JSON number holds, and bytes as base64", () => {
    assert.strictEqual(jsonOf("double", Number.NaN), "NaN")
    assert.strictEqual(jsonOf("long", 2n ** 60n), "1152921504606846976")
    assert.strictEqual(jsonOf("bytes", new Uint8Array([1, 2, 3])), "AQID")
    assert.strictEqual(
      jsonOf({ type: "bytes", logicalType: "decimal", precision: 9, scale: 2 }, "12.50"),
      "12.50"
    )
  })

  it("goes through records, lists, maps and unions, and leaves the rest as it is", () => {
    const type = {
      type: "record",
      name: "Film",
      fields: [
        { name: "title", type: "string" },
        { name: "released", type: ["null", { type: "int", logicalType: "date" }] },
        { name: "stills", type: { type: "array", items: "bytes" } },
        { name: "prices", type: { type: "map", values: ["string", "double"] } },
        { name: "next", type: ["null", "Film"] }
      ]
    }
    const film = { title: "Brazil", released: 0, stills: [new Uint8Array([255])], prices: { us: 1.5 } }
    assert.deepStrictEqual(jsonOf(type, { ...film, next: { ...film, released: null, next: null } }), {
      title: "Brazil",
      released: "1970-01-01",
      stills: ["/w=="],
      prices: { us: 1.5 },
      next: { title: "Brazil", released: null, stills: ["/w=="], prices: { us: 1.5 }, next: null }
    })
  })
})
