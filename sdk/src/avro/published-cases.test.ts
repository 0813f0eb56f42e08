import avsc from "avsc"
import { assert, describe, it } from "vitest"

import { fingerprintHex, parseAvro, parseAvroOrThrow, parsingCanonicalForm, schemaText } from "./index.ts"
import { canonicalCases, interopSchema, invalidDefaultCase } from "./testing/published-cases.ts"

describe("Apache Avro's published schemas", () => {
  it.each(canonicalCases)(
    "have their canonical form and fingerprint: $schema",
    ({ schema, canonical, fingerprint }) => {
      const type = parseAvroOrThrow(schema)
      assert.strictEqual(parsingCanonicalForm(type), canonical)
      const digits = BigInt.asUintN(64, fingerprint).toString(16).padStart(16, "0")
      assert.strictEqual(fingerprintHex(type, "CRC-64-AVRO"), digits)
    }
  )

  it("are all there but the one whose default is no value of its type", () => {
    assert.strictEqual(canonicalCases.length, 34)
    const result = parseAvro(invalidDefaultCase)
    assert.strictEqual("error" in result && result.error.code, "AVRO_DEFAULT")
    assert.strictEqual("error" in result && result.error.path, "fields[0].default")
  })

  it("interop.avsc is read and written with nothing lost", () => {
    const type = parseAvroOrThrow(interopSchema)
    const again = parseAvroOrThrow(schemaText(type))
    assert.strictEqual(schemaText(again), schemaText(type))
    const last = type.kind === "record" ? type.fields.at(-1) : undefined
    assert.deepStrictEqual(last?.attributes, { logicalType: "time-millis" })
    assert.deepStrictEqual(last?.type, { kind: "long", attributes: {} })
    const oracle = avsc.Type.forSchema(JSON.parse(interopSchema))
    assert.strictEqual(parsingCanonicalForm(type), JSON.stringify(oracle.schema()))
    assert.strictEqual(fingerprintHex(type, "MD5"), oracle.fingerprint("md5").toString("hex"))
    assert.strictEqual(fingerprintHex(type, "SHA-256"), oracle.fingerprint("sha256").toString("hex"))
  })
})
