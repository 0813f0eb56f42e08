import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { schemaText } from "../../avro/json.ts"
import { parseAvroOrThrow } from "../../avro/parse/parse.ts"
import { evolutionArbitrary, schemaArbitrary, valueArbitrary } from "../../avro/testing/arbitrary.ts"
import type { AvroType } from "../../avro/type.ts"
import { ByteSink } from "../../record/byte-sink.ts"
import { CodecError } from "../codec-error.ts"
import { compileReader, compileView, compileWriter } from "../compile-boundary.ts"
import { CodecFault } from "../runtime-fault.ts"
import { maxDatumBytes } from "../runtime-reader.ts"
import { datumReader, datumWriter } from "./datum.ts"

/** What a run answers or how it fails, to the last word. */
const outcome = (run: () => unknown): unknown => {
  try {
    return { value: run() }
  } catch (error) {
    if (error instanceof CodecFault) {
      return { code: error.code, path: error.path, place: error.place, message: error.message }
    }
    if (error instanceof CodecError) return { code: error.code, message: error.message }
    throw error
  }
}

const written = (write: (sink: ByteSink) => void): Uint8Array => {
  const sink = new ByteSink(1 << 22, 16)
  write(sink)
  return sink.toBytes()
}

const sameReading = (writer: AvroType, reader: AvroType, bytes: Uint8Array, note: string): void => {
  const expected = outcome(() => compileReader(writer, reader).read(bytes, 0, bytes.length))
  assert.deepStrictEqual(
    outcome(() => datumReader(writer, reader).read(bytes, 0, bytes.length)),
    expected,
    note
  )
}

const sameWriting = (type: AvroType, value: unknown, note: string): void => {
  const expected = outcome(() => written((sink) => compileWriter(type).write(value, sink)))
  assert.deepStrictEqual(
    outcome(() => written((sink) => datumWriter(type).write(value, sink))),
    expected,
    note
  )
}

const pair = schemaArbitrary().chain((type) => fc.tuple(fc.constant(type), valueArbitrary(type)))

/** A value of another type at some place of it: what writers must refuse alike. */
const spoiled = (value: unknown, picks: readonly number[], bad: unknown): unknown => {
  const [pick, ...rest] = picks
  if (pick === undefined || typeof value !== "object" || value === null || value instanceof Uint8Array)
    return bad
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      index === pick % value.length ? spoiled(item, rest, bad) : item
    )
  }
  const keys = Object.keys(value)
  const copy: { [key: string]: unknown } = Object.create(Object.getPrototypeOf(value))
  for (const [index, key] of keys.entries()) {
    const item: unknown = Reflect.get(value, key)
    const spoilt = index === pick % keys.length ? spoiled(item, rest, bad) : item
    Object.defineProperty(copy, key, { value: spoilt, enumerable: true, writable: true, configurable: true })
  }
  return copy
}

describe("a datum reader", () => {
  it("reads what the generated codec reads, over every evolution, or refuses it in the same words", () => {
    const evolved = pair.chain(([type, value]) =>
      fc.tuple(fc.constant(type), fc.constant(value), evolutionArbitrary(type))
    )
    fc.assert(
      fc.property(evolved, ([writer, value, reader]) => {
        const bytes = written((sink) => compileWriter(writer).write(value, sink))
        sameReading(writer, reader, bytes, `${schemaText(writer)} as ${schemaText(reader)}`)
      }),
      { numRuns: 600 }
    )
  })

  it("refuses hostile bytes as the generated codec does: cut off, changed and random", () => {
    const cases = fc.tuple(pair, fc.nat(), fc.nat(255), fc.uint8Array({ maxLength: 60 }))
    fc.assert(
      fc.property(cases, ([[type, value], place, byte, random]) => {
        const bytes = written((sink) => compileWriter(type).write(value, sink))
        const at = bytes.length === 0 ? 0 : place % bytes.length
        sameReading(type, type, bytes.slice(0, at), schemaText(type))
        sameReading(type, type, random, schemaText(type))
        if (bytes.length > 0) bytes[at] = byte
        sameReading(type, type, bytes, schemaText(type))
      }),
      { numRuns: 400 }
    )
  })

  it("finds the end of values that stand in a row, reading and skipping", () => {
    fc.assert(
      fc.property(pair, ([type, value]) => {
        const bytes = written((sink) => {
          sink.byte(7)
          for (let i = 0; i < 3; i++) compileWriter(type).write(value, sink)
        })
        const reader = datumReader(type, type)
        let at = 1
        for (let i = 0; i < 3; i++) {
          const next = reader.readNext(bytes, at, bytes.length)
          assert.deepStrictEqual(next.value, value)
          assert.strictEqual(reader.skipNext(bytes, at, bytes.length), next.end)
          at = next.end
        }
        assert.strictEqual(at, bytes.length)
      }),
      { numRuns: 300 }
    )
  })

  it("skips as the generated codec does", () => {
    fc.assert(
      fc.property(schemaArbitrary(), fc.uint8Array({ maxLength: 60 }), (type, bytes) => {
        const writer: AvroType = {
          kind: "record",
          name: "Whole",
          aliases: [],
          fields: [{ name: "value", type, aliases: [], order: "ascending", attributes: {} }],
          attributes: {}
        }
        const none: AvroType = { ...writer, fields: [] }
        sameReading(writer, none, bytes, schemaText(type))
        const end = outcome(() => datumReader(writer, writer).skipNext(bytes, 0, bytes.length))
        const view = compileView({ writer, reads: { form: "fields", fields: [] }, output: "same" })
        const whole = outcome(() => view.read(bytes, 0, bytes.length))
        if (typeof whole === "object" && whole !== null && "value" in whole) {
          assert.deepStrictEqual(end, { value: bytes.length })
        }
      }),
      { numRuns: 300 }
    )
  })

  it("calls a value of more than 8 MiB too large, though more bytes follow", () => {
    const type = parseAvroOrThrow("bytes")
    const bytes = new Uint8Array(maxDatumBytes + 100)
    bytes.set(written((sink) => datumWriter(parseAvroOrThrow("long")).write(maxDatumBytes + 50, sink)))
    assert.throws(
      () => datumReader(type, type).readNext(bytes, 0, bytes.length),
      CodecFault,
      "more than 8388608"
    )
  })
})

describe("a datum writer", () => {
  it("writes what the generated codec writes", () => {
    fc.assert(
      fc.property(pair, ([type, value]) => sameWriting(type, value, schemaText(type))),
      { numRuns: 400 }
    )
  })

  it("refuses what the generated codec refuses, in the same words", () => {
    const bad = fc.oneof(
      fc.constantFrom<unknown>(
        undefined,
        null,
        -0,
        0.1,
        2 ** 31,
        2 ** 60,
        Number.NaN,
        2n ** 70n,
        "",
        "\ud800",
        true
      ),
      fc.constantFrom<unknown>({}, [], new Map(), Object.create(null), new Uint8Array(3), { a: 1 }, [null])
    )
    const cases = fc.tuple(pair, fc.array(fc.nat(20), { maxLength: 4 }), bad)
    fc.assert(
      fc.property(cases, ([[type, value], picks, wrong]) =>
        sameWriting(type, spoiled(value, picks, wrong), schemaText(type))
      ),
      { numRuns: 600 }
    )
  })

  it("runs the contract's checks, and refuses a default that its decimal cannot hold only where it is used", () => {
    const checks = [{ check: "minimum", value: 1 }]
    const price = { type: "bytes", logicalType: "decimal", precision: 2, scale: 0 }
    const fields = [
      { name: "n", type: "int", "millrace.checks": checks },
      { name: "m", type: { type: "array", items: { type: "long", "millrace.checks": checks } }, default: [] },
      { name: "price", type: price, default: "\u007f\u00ff" }
    ]
    const type = parseAvroOrThrow({ type: "record", name: "R", fields })
    for (const value of [
      { n: 1, price: "12" },
      { n: 0, price: "12" },
      { n: 1, m: [1, 0], price: "12" },
      { n: 1, price: "123" },
      { n: 1 }
    ]) {
      sameWriting(type, value, JSON.stringify(value))
    }
    const narrow = parseAvroOrThrow({ type: "record", name: "R", fields: [{ name: "n", type: "int" }] })
    for (const n of [0, 1]) {
      sameReading(
        narrow,
        type,
        written((sink) => compileWriter(narrow).write({ n }, sink)),
        String(n)
      )
    }
    const misspelt = parseAvroOrThrow({ type: "int", "millrace.checks": [{ check: "least", value: 1 }] })
    sameWriting(misspelt, 1, "BAD_CHECK")
  })

  it("takes names that every object has, and nothing that is inherited", () => {
    const fields = ["constructor", "toString", "__proto__"].map((name) => ({ name, type: "int", default: 3 }))
    const type = parseAvroOrThrow({ type: "record", name: "R", fields })
    const bytes = written((sink) => datumWriter(type).write({ toString: 5 }, sink))
    const value = datumReader(type, type).read(bytes, 0, bytes.length)
    assert.deepStrictEqual(JSON.stringify(value), '{"constructor":3,"toString":5,"__proto__":3}')
    sameReading(type, type, bytes, "inherited names")
    sameWriting(type, { toString: 5 }, "inherited names")
  })
})
