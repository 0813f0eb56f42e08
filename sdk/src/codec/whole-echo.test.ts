import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/index.ts"
import { schemaArbitrary, valueArbitrary } from "../avro/testing/arbitrary.ts"
import type { AvroType, RecordType } from "../avro/type.ts"
import { ByteSink } from "../record/byte-sink.ts"
import { compileValue, compileView, compileWriter } from "./compile-boundary.ts"
import type { PatchTarget, ViewCodec } from "./compile-boundary.ts"
import { CodecFault } from "./runtime-fault.ts"

type Values = { readonly [field: string]: unknown }

const recordOf = (schema: unknown): RecordType => {
  const type = parseAvroOrThrow(schema as never)
  return type.kind === "record" ? type : assert.fail("no record")
}

const encode = (type: AvroType, value: unknown): Uint8Array => {
  const sink = new ByteSink(1 << 20, 16)
  compileWriter(type).write(value, sink)
  return sink.toBytes()
}

const echoing = (writer: RecordType, reader: RecordType, echoes: RecordType): ViewCodec =>
  compileView({ writer, reads: { form: "whole", reader }, output: "none", echoes })

const sink = () => new ByteSink(1 << 20, 8)

/** What becomes of a record, in the two ways that there are; undefined where it cannot be patched. */
const outcomes = (codec: ViewCodec, bytes: Uint8Array, body: (read: Values) => unknown) => {
  const padded = Uint8Array.from([9, 9, ...bytes, 9])
  const result = body(codec.read(padded, 2, padded.length - 1) as Values)
  const written = sink()
  codec.echoLast?.(padded, result, written)
  const copy = Uint8Array.from([7, 7, 7, ...bytes, 7])
  const target: PatchTarget = { patch: (at, part) => copy.set(part.bytes.subarray(0, part.length), at) }
  const fits = codec.patchLast?.(result, sink(), target, 1) === true
  return { written: written.toBytes(), patched: fits ? copy.slice(3, -1) : undefined }
}

const bid = recordOf({
  type: "record",
  name: "Bid",
  fields: [
    { name: "auction", type: "long" },
    { name: "price", type: "long" },
    { name: "channel", type: ["null", "string"] },
    { name: "score", type: "double" },
    { name: "url", type: "string" },
    { name: "tags", type: { type: "array", items: "string" } }
  ]
})
const value = {
  auction: 1001,
  price: 250,
  channel: "Google",
  score: 0,
  url: "https://example.org/a",
  tags: ["a"]
}
const bytes = encode(bid, value)
const codec = echoing(bid, bid, bid)

describe("a record that was read whole and is written whole", () => {
  it("has the bytes that its writer would have written, whichever fields the body changed, left out or moved", () => {
    const sample = schemaArbitrary()
      .filter((type) => type.kind === "record")
      .chain((type) =>
        fc.tuple(
          fc.constant(type),
          valueArbitrary(type),
          valueArbitrary(type),
          fc.nat(255),
          type.kind === "record" ? fc.shuffledSubarray([...type.fields]) : fc.constant([]),
          fc.boolean()
        )
      )
    fc.assert(
      fc.property(sample, ([type, given, other, changed, fields, isWhole]) => {
        if (type.kind !== "record" || type.fields.length === 0) return
        const output: RecordType = isWhole ? type : { ...type, fields }
        const body = (read: Values): Values =>
          Object.fromEntries(
            type.fields.map(({ name }, place) => [
              name,
              Reflect.get(Object((changed & (1 << place)) === 0 ? read : other), name)
            ])
          )
        const expected = encode(
          output,
          body(Object(compileValue(type).read(encode(type, given), 0, encode(type, given).length)))
        )
        const { patched, written } = outcomes(echoing(type, type, output), encode(type, given), body)
        assert.deepStrictEqual(written, expected)
        if (patched !== undefined) assert.deepStrictEqual(patched, expected)
      }),
      { numRuns: 300 }
    )
  })

  it("is patched where what changed keeps its size", () => {
    const { patched, written } = outcomes(codec, bytes, (read) => ({
      ...read,
      price: 251,
      channel: "Gaggle"
    }))
    assert.deepStrictEqual(patched, encode(bid, { ...value, price: 251, channel: "Gaggle" }))
    assert.deepStrictEqual(written, patched)
    assert.isUndefined(outcomes(codec, bytes, (read) => ({ ...read, price: 250_000 })).patched)
    assert.isUndefined(outcomes(codec, bytes, (read) => ({ ...read, channel: null })).patched)
  })

  it("has the bytes that its writer would have written, in whatever order the writer has fields of a few types", () => {
    const types = {
      long: fc.bigInt({ min: 0n, max: 99n }).map(Number),
      string: fc.string({ maxLength: 3 }),
      boolean: fc.boolean()
    }
    const field = fc.constantFrom("long", "string", "boolean")
    const sample = fc.array(field, { minLength: 2, maxLength: 5 }).chain((kinds) => {
      const fields = kinds.map((type, place) => ({ name: `f${place}`, type }))
      const values = () => fc.tuple(...kinds.map((kind) => types[kind]))
      return fc.tuple(
        fc.constant(fields),
        fc.shuffledSubarray(fields, { minLength: fields.length }),
        values(),
        values(),
        fc.nat(31)
      )
    })
    const record = (fields: unknown): RecordType => recordOf({ type: "record", name: "Few", fields })
    fc.assert(
      fc.property(sample, ([fields, moved, given, other, changed]) => {
        const [type, output] = [record(fields), record(moved)]
        const valueOf = (list: readonly unknown[]): Values =>
          Object.fromEntries(fields.map(({ name }, place) => [name, list[place]]))
        const next = given.map((one, place) => ((changed & (1 << place)) === 0 ? one : other[place]))
        const body = (read: Values): Values =>
          Object.fromEntries(
            fields.map(({ name }, place) => [
              name,
              (changed & (1 << place)) === 0 ? Reflect.get(read, name) : other[place]
            ])
          )
        const { patched, written } = outcomes(echoing(type, type, output), encode(type, valueOf(given)), body)
        const expected = encode(output, valueOf(next))
        assert.deepStrictEqual(written, expected)
        if (patched !== undefined) assert.deepStrictEqual(patched, expected)
      }),
      { numRuns: 300 }
    )
  })

  it("is not patched where fields of one type change places", () => {
    const pair = (...names: readonly string[]): RecordType =>
      recordOf({ type: "record", name: "Pair", fields: names.map((name) => ({ name, type: "long" })) })
    const [given, swapped] = [pair("from", "to"), pair("to", "from")]
    const { patched, written } = outcomes(
      echoing(given, given, swapped),
      encode(given, { from: 1, to: 2 }),
      (read) => read
    )
    assert.deepStrictEqual(written, encode(swapped, { from: 1, to: 2 }))
    assert.isUndefined(patched)
  })

  it("has what a body changed within a value that it was given, and zeros of their sign", () => {
    const body = (read: Values): Values => {
      ;(read["tags"] as string[]).push("b")
      return { ...read, score: -0 }
    }
    const { written } = outcomes(codec, bytes, body)
    assert.deepStrictEqual(written, encode(bid, { ...value, score: -0, tags: ["a", "b"] }))
  })

  it("is resolved and has defaults, as with a writer", () => {
    const reader = recordOf({
      type: "record",
      name: "Bid",
      fields: [
        { name: "url", type: "string" },
        { name: "price", type: "double" },
        { name: "auction", type: "long" },
        { name: "note", type: "string", default: "none" }
      ]
    })
    const { patched, written } = outcomes(
      echoing(bid, reader, reader),
      bytes,
      ({ note: _note, ...read }) => read
    )
    assert.deepStrictEqual(
      written,
      encode(reader, { url: value.url, price: 250, auction: 1001, note: "none" })
    )
    assert.isUndefined(patched)
  })

  it("is checked by the output's own checks, though a value is as it was read", () => {
    const checked = recordOf({
      type: "record",
      name: "Bid",
      fields: [{ name: "price", type: "long", "millrace.checks": [{ check: "minimum", value: 300 }] }]
    })
    const plain = recordOf({ type: "record", name: "Bid", fields: [{ name: "price", type: "long" }] })
    assert.throws(
      () => outcomes(echoing(plain, plain, checked), encode(plain, { price: 250 }), (read) => read),
      CodecFault
    )
  })

  it("is refused with the name of the field that does not fit", () => {
    const refused = (body: (read: Values) => unknown, message: string) =>
      assert.throws(() => outcomes(codec, bytes, body), CodecFault, message)
    refused((read) => ({ ...read, url: 7 }), "at url: expected a string")
    refused(({ price: _price, ...read }) => read, "at price: expected a whole number")
    refused(() => null, "expected an object, got null")
  })
})
