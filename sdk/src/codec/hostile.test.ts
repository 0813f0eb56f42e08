import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/index.ts"
import type { Json } from "../avro/type.ts"
import { ByteSink } from "../record/byte-sink.ts"
import { compileReader, compileValue, compileView, compileWriter } from "./compile-boundary.ts"
import { datumReader } from "./datum/datum.ts"
import { CodecFault } from "./runtime-fault.ts"
import type { CodecFaultCode } from "./runtime-fault.ts"

const mostMilliseconds = 50
const mostBytes = 20 * 1024 * 1024

const long = (value: bigint): number[] => {
  const bytes: number[] = []
  let rest = value < 0n ? -value * 2n - 1n : value * 2n
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}

const list: Json = {
  type: "record",
  name: "L",
  fields: [{ name: "next", type: ["null", "L"] }]
}

interface Case {
  readonly what: string
  readonly schema: Json
  readonly bytes: readonly number[]
  readonly code: CodecFaultCode
}

const cases: readonly Case[] = [
  {
    what: "2^31 nulls in six bytes",
    schema: { type: "array", items: "null" },
    bytes: [...long(2n ** 31n), 0],
    code: "TOO_MANY_ITEMS"
  },
  {
    what: "2^62 nulls",
    schema: { type: "array", items: "null" },
    bytes: [...long(2n ** 52n), 0],
    code: "TOO_MANY_ITEMS"
  },
  {
    what: "2^24 empty records",
    schema: { type: "array", items: { type: "record", name: "E", fields: [] } },
    bytes: [...long(2n ** 24n), 0],
    code: "TOO_MANY_ITEMS"
  },
  {
    what: "a block of -2^63 items",
    schema: { type: "array", items: "int" },
    bytes: [...long(-(2n ** 63n)), 0],
    code: "OUT_OF_RANGE"
  },
  {
    what: "a negative count of 2^31 with a size",
    schema: { type: "array", items: "int" },
    bytes: [...long(-(2n ** 31n)), 2, 0, 0],
    code: "BAD_LENGTH"
  },
  {
    what: "a block of negative size",
    schema: { type: "array", items: "int" },
    bytes: [...long(-1n), ...long(-5n), 0, 0],
    code: "BAD_LENGTH"
  },
  {
    what: "a block whose size is wrong",
    schema: { type: "array", items: "int" },
    bytes: [...long(-1n), ...long(2n), 2, 0, 0],
    code: "BAD_LENGTH"
  },
  {
    what: "2^31 longs",
    schema: { type: "array", items: "long" },
    bytes: [...long(2n ** 31n), 0],
    code: "BAD_LENGTH"
  },
  {
    what: "2^31 map entries",
    schema: { type: "map", values: "null" },
    bytes: [...long(2n ** 31n), 0],
    code: "BAD_LENGTH"
  },
  { what: "a string of 2 GiB", schema: "string", bytes: [...long(2n ** 31n), 97], code: "TRUNCATED" },
  { what: "bytes of 2 GiB", schema: "bytes", bytes: [...long(2n ** 31n), 97], code: "TRUNCATED" },
  { what: "bytes of negative length", schema: "bytes", bytes: long(-1n), code: "BAD_LENGTH" },
  {
    what: "200,000 records within each other",
    schema: list,
    bytes: Array.from({ length: 200_000 }, () => 2),
    code: "TOO_DEEP"
  },
  { what: "invalid UTF-8", schema: "string", bytes: [4, 0xc3, 0x28], code: "BAD_UTF8" },
  { what: "an overlong slash", schema: "string", bytes: [4, 0xc0, 0xaf], code: "BAD_UTF8" },
  {
    what: "a map key that is not UTF-8",
    schema: { type: "map", values: "int" },
    bytes: [2, 2, 0xff, 2, 0],
    code: "BAD_UTF8"
  },
  { what: "trailing bytes", schema: "int", bytes: [2, 2], code: "TRAILING_BYTES" },
  { what: "a union index beyond its branches", schema: ["null", "int"], bytes: [4, 0], code: "BAD_INDEX" },
  { what: "a negative union index", schema: ["null", "int"], bytes: [1, 0], code: "BAD_INDEX" },
  {
    what: "an enum index beyond its symbols",
    schema: { type: "enum", name: "S", symbols: ["A"] },
    bytes: [2],
    code: "BAD_INDEX"
  },
  { what: "a boolean of 2", schema: "boolean", bytes: [2], code: "BAD_BOOLEAN" },
  { what: "an int beyond 32 bits", schema: "int", bytes: long(2n ** 31n), code: "OUT_OF_RANGE" },
  { what: "a long beyond 2^53-1", schema: "long", bytes: long(2n ** 53n), code: "OUT_OF_RANGE" },
  { what: "a long below -(2^53-1)", schema: "long", bytes: long(-(2n ** 53n)), code: "OUT_OF_RANGE" },
  {
    what: "a varint of eleven bytes",
    schema: "long",
    bytes: Array.from({ length: 11 }, () => 0x80),
    code: "OUT_OF_RANGE"
  },
  {
    what: "a varint of 65 bits",
    schema: { type: "long", "millrace.js": "bigint" },
    bytes: [255, 255, 255, 255, 255, 255, 255, 255, 255, 2],
    code: "OUT_OF_RANGE"
  },
  {
    what: "a decimal of a megabyte",
    schema: { type: "bytes", logicalType: "decimal", precision: 9 },
    bytes: [...long(2n ** 20n), ...new Uint8Array(2 ** 20).fill(0x7f)],
    code: "TOO_LARGE"
  },
  {
    what: "a decimal of too many digits",
    schema: { type: "bytes", logicalType: "decimal", precision: 2 },
    bytes: [4, 0x7f, 0xff],
    code: "OUT_OF_RANGE"
  },
  { what: "nothing at all", schema: "double", bytes: [], code: "TRUNCATED" }
]

const faultOf = (run: () => unknown): CodecFault => {
  try {
    run()
  } catch (error) {
    if (error instanceof CodecFault) return error
    throw error
  }
  return assert.fail("was accepted")
}

/** Checks what a run takes, in time and in memory beyond what a collection leaves: the best of three, for others run beside us. */
const bounded = (run: () => void): void => {
  const times: number[] = []
  const sizes: number[] = []
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.()
    const before = process.memoryUsage()
    const started = process.hrtime.bigint()
    run()
    times.push(Number(process.hrtime.bigint() - started) / 1e6)
    const after = process.memoryUsage()
    sizes.push(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers)
  }
  assert.isBelow(Math.min(...times), mostMilliseconds)
  assert.isBelow(Math.min(...sizes), mostBytes)
}

describe("hostile bytes", () => {
  for (const { what, schema, bytes, code } of cases) {
    it(`${what}: refused as ${code}, soon and small`, () => {
      const type = parseAvroOrThrow(schema)
      const input = Uint8Array.from(bytes)
      for (const codec of [compileValue(type), datumReader(type, type)]) {
        bounded(() => {
          assert.strictEqual(faultOf(() => codec.read(input, 0, input.length)).code, code)
        })
      }
    })
  }

  it("are refused alike where they stand in a field that is only stepped over", () => {
    const structural: ReadonlySet<CodecFaultCode> = new Set([
      "TOO_MANY_ITEMS",
      "BAD_LENGTH",
      "TRUNCATED",
      "TOO_DEEP",
      "TRAILING_BYTES"
    ])
    for (const { what, schema, bytes, code } of cases) {
      if (!structural.has(code) || what === "a block whose size is wrong") continue
      const writer = parseAvroOrThrow({ type: "record", name: "R", fields: [{ name: "f", type: schema }] })
      const codec = compileView({ writer, reads: { form: "fields", fields: [] }, output: "same" })
      const input = Uint8Array.from(bytes)
      bounded(() => {
        assert.strictEqual(faultOf(() => codec.read(input, 0, input.length)).code, code, what)
      })
    }
  })

  it("items are counted over all blocks of all arrays", () => {
    const codec = compileValue(parseAvroOrThrow({ type: "array", items: "null" }))
    const block = long(400_000n)
    const allowed = Uint8Array.from([...block, ...block, 0])
    assert.strictEqual(Object(codec.read(allowed, 0, allowed.length)).length, 800_000)
    const input = Uint8Array.from([...block, ...block, ...block, 0])
    assert.strictEqual(faultOf(() => codec.read(input, 0, input.length)).code, "TOO_MANY_ITEMS")
  })

  it("a value of more than 8 MiB is refused before it is looked at", () => {
    const codec = compileValue(parseAvroOrThrow("bytes"))
    const input = new Uint8Array(8 * 1024 * 1024 + 1)
    assert.strictEqual(faultOf(() => codec.read(input, 0, input.length)).code, "TOO_LARGE")
  })

  it("say the field and the place", () => {
    const schema = {
      type: "record",
      name: "R",
      fields: [{ name: "lines", type: { type: "array", items: { type: "map", values: "string" } } }]
    }
    const input = Uint8Array.of(2, 2, 2, 97, 2, 0xff, 0, 0)
    const fault = faultOf(() => compileValue(parseAvroOrThrow(schema)).read(input, 0, input.length))
    assert.deepStrictEqual([fault.code, fault.path, fault.place], ["BAD_UTF8", "lines[0]{a}", 5])
    assert.strictEqual(fault.message, "at lines[0]{a}: text that is not UTF-8")
  })

  it("a codec is as good as new after a fault", () => {
    const codec = compileValue(parseAvroOrThrow(list))
    const deep = new Uint8Array(70).fill(2)
    assert.strictEqual(faultOf(() => codec.read(deep, 0, deep.length)).code, "TOO_DEEP")
    assert.deepStrictEqual(codec.read(Uint8Array.of(2, 0), 0, 2), { next: { next: null } })
  })
})

describe("values that do not fit", () => {
  const lines = {
    type: "array",
    items: { type: "record", name: "Line", fields: [{ name: "price", type: "double" }] }
  }
  const shape: Json = {
    type: "record",
    name: "R",
    fields: [
      { name: "id", type: "int" },
      { name: "rating", type: ["null", "double"], default: null },
      { name: "lines", type: lines, default: [] },
      { name: "tags", type: { type: "map", values: "string" }, default: {} },
      { name: "constructor", type: "int", default: 3 }
    ]
  }
  const writer = compileWriter(parseAvroOrThrow(shape))
  const write = (value: unknown) => writer.write(value, new ByteSink(1 << 20, 16))

  const wrong: readonly (readonly [unknown, string])[] = [
    [null, "expected an object, got null"],
    [[], "expected an object, got an array"],
    [{}, "at id: expected a whole number, got nothing"],
    [{ id: 1.5 }, "at id: expected a whole number, got a number with a fraction"],
    [{ id: 2 ** 31 }, "at id: an int beyond 32 bits"],
    [{ id: 1, rating: "x" }, "at rating: expected null or a number, got a string"],
    [{ id: 1, lines: {} }, "at lines: expected an array, got an object"],
    [{ id: 1, lines: [{ price: 1 }, {}] }, "at lines[1].price: expected a number, got nothing"],
    [{ id: 1, tags: { a: 1 } }, "at tags{a}: expected a string, got the number 1"],
    [{ id: 1, tags: new Map() }, "at tags: expected a plain object, got an object"],
    [{ id: 1, tags: { a: "\ud800" } }, "at tags{a}: a string with a lone surrogate, which UTF-8 cannot hold"]
  ]
  for (const [value, message] of wrong) {
    it(`say so: ${message}`, () => assert.strictEqual(faultOf(() => write(value)).message, message))
  }

  it("take a field's default where it is absent, and nothing that is inherited", () => {
    const codec = compileValue(parseAvroOrThrow(shape))
    const sink = new ByteSink(1 << 20, 16)
    codec.write({ id: 1 }, sink)
    const tags: unknown = Object.create(null)
    assert.deepStrictEqual(codec.read(sink.bytes, 0, sink.length), {
      id: 1,
      rating: null,
      lines: [],
      tags,
      constructor: 3
    })
  })

  it("do not go in circles", () => {
    const circle: { next: unknown } = { next: null }
    circle.next = circle
    const fault = faultOf(() =>
      compileWriter(parseAvroOrThrow(list)).write(circle, new ByteSink(1 << 20, 16))
    )
    assert.strictEqual(fault.code, "TOO_DEEP")
  })

  it("are no more than can be read again", () => {
    const nulls = compileWriter(parseAvroOrThrow({ type: "array", items: "null" }))
    const sparse: unknown[] = []
    sparse.length = 1_000_001
    assert.strictEqual(faultOf(() => nulls.write(sparse, new ByteSink(1 << 20, 16))).code, "TOO_MANY_ITEMS")
  })

  it("fail the contract's checks when written and when read", () => {
    const checked: Json = {
      type: "record",
      name: "R",
      fields: [
        {
          name: "n",
          type: "int",
          "millrace.checks": [
            { check: "minimum", value: 1 },
            { check: "maximum", value: 9 }
          ]
        },
        {
          name: "s",
          type: ["null", "string"],
          default: null,
          "millrace.checks": [
            { check: "pattern", value: "^a+$" },
            { check: "maxLength", value: 3 }
          ]
        },
        {
          name: "m",
          type: { type: "double", "millrace.checks": [{ check: "multipleOf", value: 0.1 }] },
          default: 0
        }
      ]
    }
    const plain = JSON.parse(
      JSON.stringify(checked, (key, value: unknown) => (key === "millrace.checks" ? undefined : value))
    )
    const type = parseAvroOrThrow(checked)
    const bad: readonly (readonly [unknown, string])[] = [
      [{ n: 0 }, "at n: fails the check minimum 1"],
      [{ n: 10 }, "at n: fails the check maximum 9"],
      [{ n: 1, s: "b" }, "at s: fails the check pattern ^a+$"],
      [{ n: 1, s: "aaaa" }, "at s: fails the check maxLength 3"],
      [{ n: 1, m: 0.25 }, "at m: fails the check multipleOf 0.1"]
    ]
    for (const [value, message] of bad) {
      assert.strictEqual(
        faultOf(() => compileWriter(type).write(value, new ByteSink(1 << 20, 16))).message,
        message
      )
      const unchecked = parseAvroOrThrow(plain)
      const sink = new ByteSink(1 << 20, 16)
      compileWriter(unchecked).write(value, sink)
      assert.strictEqual(
        faultOf(() => compileReader(unchecked, type).read(sink.bytes, 0, sink.length)).message,
        message
      )
    }
    compileWriter(type).write({ n: 1, s: "aa", m: 0.3 }, new ByteSink(1 << 20, 16))
  })
})
