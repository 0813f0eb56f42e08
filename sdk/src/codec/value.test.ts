import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { schemaText } from "../avro/json.ts"
import { parseAvroOrThrow } from "../avro/parse/parse.ts"
import { schemaArbitrary, valueArbitrary } from "../avro/testing/arbitrary.ts"
import { ByteSink } from "../record/byte-sink.ts"
import { compileReader, compileValue } from "./compile-boundary.ts"
import { CodecFault } from "./runtime-fault.ts"

const pair = schemaArbitrary().chain((type) => fc.tuple(fc.constant(type), valueArbitrary(type)))

describe("a value's codec", () => {
  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(pair, ([type, value]) => {
        const codec = compileValue(type)
        const sink = new ByteSink(1 << 20, 16)
        sink.copy(Uint8Array.of(1, 2, 3), 0, 3)
        codec.write(value, sink)
        const bytes = sink.toBytes()
        assert.deepStrictEqual(codec.read(bytes, 3, bytes.length), value, schemaText(type))
      }),
      { numRuns: 500 }
    )
  })

  it("refuses every truncation of a value", () => {
    fc.assert(
      fc.property(pair, ([type, value]) => {
        const codec = compileValue(type)
        const sink = new ByteSink(1 << 20, 16)
        codec.write(value, sink)
        for (let size = 0; size < sink.length; size++) {
          assert.throws(() => codec.read(sink.bytes, 0, size), CodecFault)
        }
      }),
      { numRuns: 60 }
    )
  })

  it("answers any bytes with a value or a fault, and writes the value again", () => {
    fc.assert(
      fc.property(schemaArbitrary(), fc.uint8Array({ maxLength: 60 }), (type, bytes) => {
        const codec = compileValue(type)
        try {
          const value = codec.read(bytes, 0, bytes.length)
          const sink = new ByteSink(1 << 20, 16)
          codec.write(value, sink)
          assert.deepStrictEqual(codec.read(sink.bytes, 0, sink.length), value)
        } catch (error) {
          assert.instanceOf(error, CodecFault)
        }
      }),
      { numRuns: 500 }
    )
  })

  it("resolves a schema to itself without a change", () => {
    fc.assert(
      fc.property(pair, ([type, value]) => {
        const sink = new ByteSink(1 << 20, 16)
        compileValue(type).write(value, sink)
        assert.deepStrictEqual(compileReader(type, type).read(sink.bytes, 0, sink.length), value)
      }),
      { numRuns: 50 }
    )
  })

  it("refuses a default that its decimal cannot hold only where it is used", () => {
    const price = { type: "bytes", logicalType: "decimal", precision: 2, scale: 0 }
    const fields = [{ name: "price", type: price, default: "\u007f\u00ff" }]
    const type = parseAvroOrThrow({ type: "record", name: "R", fields })
    const codec = compileValue(type)
    const sink = new ByteSink(1 << 20, 16)
    codec.write({ price: "12" }, sink)
    assert.deepStrictEqual(codec.read(sink.bytes, 0, sink.length), { price: "12" })
    assert.throws(
      () => codec.write({}, sink),
      CodecFault,
      "at price: the default is a decimal of more than 2 digits"
    )
  })
})
