import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import {
  fingerprintHex,
  guidHeader,
  guidOfHeader,
  noSchemaId,
  parseAvroOrThrow,
  schemaIdAt,
  schemaIdPrefix,
  singleObjectFingerprint,
  singleObjectHeader,
  writeSchemaId
} from "../index.ts"

describe("the prefix with a schema's id", () => {
  it.each([
    [0, "0000000000"],
    [1, "0000000001"],
    [100_001, "00000186a1"],
    [2_147_483_647, "007fffffff"]
  ])("of %i is %s", (id, hex) => {
    assert.equal(bytesToHex(schemaIdPrefix(id)), hex)
    assert.equal(schemaIdAt(hexToBytes(hex), 0), id)
  })

  it("is read where it was written, with other bytes around it", () => {
    fc.assert(
      fc.property(fc.nat(2_147_483_647), fc.nat(20), (id, at) => {
        const bytes = new Uint8Array(at + 9).fill(0xff)
        writeSchemaId(bytes, at, id)
        assert.equal(schemaIdAt(bytes, at), id)
        assert.isTrue(bytes.every((byte, index) => (index >= at && index < at + 5) || byte === 0xff))
      })
    )
  })

  it.each([
    ["", 0],
    ["00000000", 0],
    ["0000000001", 1],
    ["0000000001", -1],
    ["0100000001", 0],
    ["00ffffffff", 0],
    ["0080000000", 0]
  ])("is not seen in %s at %i", (hex, at) => {
    assert.equal(schemaIdAt(hexToBytes(hex), at), noSchemaId)
  })
})

describe("the header with a schema's GUID", () => {
  it("is a one and the GUID's bytes", () => {
    const guid = "89791762-2336-4186-9674-299b90a802e2"
    const header = guidHeader(guid)
    assert.equal(bytesToHex(header ?? new Uint8Array()), "0189791762233641869674299b90a802e2")
    assert.equal(guidOfHeader(header ?? new Uint8Array()), guid)
    assert.deepEqual(guidHeader(guid.toUpperCase()), header)
  })

  it("is read again for every GUID", () => {
    fc.assert(
      fc.property(fc.uuid(), (guid) => {
        assert.equal(guidOfHeader(guidHeader(guid) ?? new Uint8Array()), guid)
      })
    )
  })

  it("is refused when it is something else", () => {
    for (const text of [
      "",
      "89791762",
      "89791762233641869674299b90a802e2",
      "x9791762-2336-4186-9674-299b90a802e2"
    ])
      assert.isUndefined(guidHeader(text), text)
    for (const hex of [
      "",
      "01",
      "0089791762233641869674299b90a802e2",
      "0189791762233641869674299b90a802e200"
    ])
      assert.isUndefined(guidOfHeader(hexToBytes(hex)), hex)
  })
})

describe("a single object's header", () => {
  // The fingerprint of "int" stands in Avro's share/test/data/schema-tests.txt: 8247732601305521295.
  it("is C3 01 and the fingerprint, little-endian", () => {
    const type = parseAvroOrThrow("int")
    assert.equal(bytesToHex(singleObjectHeader(type)), "c3018f5c393f1ad57572")
    assert.equal(BigInt(`0x${singleObjectFingerprint(singleObjectHeader(type))}`), 8247732601305521295n)
  })

  it("names the schema that the value was written with", () => {
    const type = parseAvroOrThrow({ type: "record", name: "R", fields: [{ name: "f", type: "long" }] })
    const value = Uint8Array.of(...singleObjectHeader(type), 0x54)
    assert.equal(singleObjectFingerprint(value), fingerprintHex(type, "CRC-64-AVRO"))
  })

  it("is not seen in other bytes", () => {
    for (const hex of ["", "c301", "c3018f5c393f1ad575", "c3028f5c393f1ad57572", "008f5c393f1ad5757200"])
      assert.isUndefined(singleObjectFingerprint(hexToBytes(hex)), hex)
  })
})
