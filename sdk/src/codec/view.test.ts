import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/index.ts"
import { schemaArbitrary, valueArbitrary } from "../avro/testing/arbitrary.ts"
import type { AvroType, Json, RecordType } from "../avro/type.ts"
import { ByteSink } from "../record/byte-sink.ts"
import { CodecError } from "./codec-error.ts"
import { compileValue, compileView } from "./compile-boundary.ts"
import type { PatchTarget } from "./compile-boundary.ts"
import { generateView } from "./generate-view.ts"
import { CodecFault } from "./runtime-fault.ts"
import type { View } from "./view.ts"

const record = (name: string, fields: { readonly [name: string]: Json }): RecordType => {
  const type = parseAvroOrThrow({
    type: "record",
    name,
    fields: Object.entries(fields).map(([field, each]) => ({ name: field, type: each }))
  })
  return type.kind === "record" ? type : assert.fail("no record")
}

const encode = (type: AvroType, value: unknown): Uint8Array => {
  const sink = new ByteSink(1 << 20, 16)
  compileValue(type).write(value, sink)
  return sink.toBytes()
}

const decode = (type: AvroType, bytes: Uint8Array) => compileValue(type).read(bytes, 0, bytes.length)

const bid = record("Bid", {
  auction: "long",
  bidder: "long",
  price: "long",
  channel: "string",
  extra: "string"
})
const value = { auction: 1001, bidder: 7, price: 250, channel: "Google", extra: "x".repeat(200) }
const fieldOf = (type: RecordType, name: string) => {
  const field = type.fields.find((each) => each.name === name)
  return field ?? assert.fail(name)
}
const reads = (type: RecordType, ...names: readonly string[]): View["reads"] => ({
  form: "fields",
  fields: names.map((name) => ({ as: name, field: name, type: fieldOf(type, name).type }))
})
const copiesOf = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]))

const patching = (out: Uint8Array): PatchTarget => ({
  patch: (at, part) => out.set(part.bytes.subarray(0, part.length), at)
})

/** Both ways of splicing, which must give the same bytes; and a patch, where it fits. */
const splice = <Read>(view: View, bytes: Uint8Array, body: (read: Read) => unknown): Uint8Array => {
  const codec = compileView(view)
  const padded = Uint8Array.from([9, 9, ...bytes, 9])
  const read = codec.read(padded, 2, padded.length - 1)
  const last = new ByteSink(1 << 20, 8)
  codec.spliceLast?.(padded, body(read as never), last)
  const again = new ByteSink(1 << 20, 8)
  codec.splice?.(padded, 2, padded.length - 1, body(read as never), again)
  assert.deepStrictEqual(again.toBytes(), last.toBytes())
  if (codec.patchLast !== undefined) {
    const copy = Uint8Array.from([7, 7, 7, ...bytes, 7])
    const fits = codec.patchLast(body(read as never), new ByteSink(1 << 20, 8), patching(copy), 1)
    if (fits) assert.deepStrictEqual(copy, Uint8Array.from([7, 7, 7, ...last.toBytes(), 7]))
    else assert.notDeepEqual(last.toBytes(), bytes)
  }
  return last.toBytes()
}

describe("a view's codec", () => {
  it("reads only the fields that are asked for, under their names for the body", () => {
    const view: View = {
      writer: bid,
      reads: {
        form: "fields",
        fields: [
          { as: "amount", field: "price", type: fieldOf(bid, "price").type },
          { as: "__proto__", field: "channel", type: fieldOf(bid, "channel").type }
        ]
      },
      output: "same"
    }
    const codec = compileView(view)
    const bytes = encode(bid, value)
    const read = codec.read(bytes, 0, bytes.length)
    assert.deepStrictEqual(Object.entries(Object(read)), [
      ["amount", 250],
      ["__proto__", "Google"]
    ])
    assert.isUndefined(codec.spliceLast)
  })

  it("writes one field anew and copies the others as bytes", () => {
    const view: View = {
      writer: bid,
      reads: reads(bid, "price"),
      output: { schema: bid, copies: copiesOf("auction", "bidder", "channel", "extra") }
    }
    const out = splice(view, encode(bid, value), ({ price }: { price: number }) => ({ price: price * 1000 }))
    assert.deepStrictEqual(out, encode(bid, { ...value, price: 250_000 }))
  })

  it("patches fields that keep their size into a copy of the record", () => {
    const view: View = {
      writer: bid,
      reads: reads(bid, "price", "channel"),
      output: { schema: bid, copies: copiesOf("auction", "bidder", "extra") }
    }
    const codec = compileView(view)
    const bytes = encode(bid, value)
    const patched = (result: unknown): unknown => {
      codec.read(bytes, 0, bytes.length)
      const out = bytes.slice()
      const fits = codec.patchLast?.(result, new ByteSink(1 << 20, 8), patching(out), 0)
      return fits === true ? decode(bid, out) : "no"
    }
    assert.deepStrictEqual(patched({ price: 251, channel: "Gaggle" }), {
      ...value,
      price: 251,
      channel: "Gaggle"
    })
    assert.strictEqual(patched({ price: 250_000, channel: "Google" }), "no")
    assert.strictEqual(patched({ price: 251, channel: "Baidu" }), "no")
    assert.throws(() => patched({ price: 251, channel: 7 }), CodecFault, "at channel: expected a string")
  })

  it("patches nothing into a record whose fields have other names alone", () => {
    const output = record("Out", {
      auction: "long",
      who: "long",
      price: "long",
      channel: "string",
      extra: "string"
    })
    const copies = { ...copiesOf("auction", "price", "channel", "extra"), who: "bidder" }
    const codec = compileView({ writer: bid, reads: reads(bid), output: { schema: output, copies } })
    const bytes = encode(bid, value)
    codec.read(bytes, 0, bytes.length)
    const out = bytes.slice()
    assert.isTrue(codec.patchLast?.({}, new ByteSink(1 << 20, 8), patching(out), 0))
    assert.deepStrictEqual(out, bytes)
  })

  it("patches nothing where fields come, go, move or are most of the record", () => {
    const output = record("Out", { bidder: "long", auction: "long", price: "long", channel: "string" })
    const schemas: readonly View["output"][] = [
      "same",
      { schema: bid, copies: copiesOf("auction", "bidder") },
      { schema: output, copies: copiesOf("auction", "bidder", "channel") }
    ]
    for (const each of schemas)
      assert.isUndefined(compileView({ writer: bid, reads: reads(bid, "price"), output: each }).patchLast)
  })

  it("adds, drops, renames and moves fields", () => {
    const output = record("Out", { note: "string", renamed: "string", auction: "long", price: "long" })
    const view: View = {
      writer: bid,
      reads: reads(bid, "bidder"),
      output: {
        schema: output,
        copies: { renamed: "channel", auction: "auction", price: "price" },
        from: { note: "text" }
      }
    }
    const out = splice(view, encode(bid, value), ({ bidder }: { bidder: number }) => ({
      text: `by ${bidder}`
    }))
    assert.deepStrictEqual(decode(output, out), {
      note: "by 7",
      renamed: "Google",
      auction: 1001,
      price: 250
    })
  })

  it("resolves what it reads, as often as it is asked for", () => {
    const view: View = {
      writer: bid,
      reads: {
        form: "fields",
        fields: [
          { as: "whole", field: "price", type: { kind: "long", attributes: {} } },
          { as: "exact", field: "price", type: { kind: "long", attributes: { "millrace.js": "bigint" } } },
          { as: "bytes", field: "channel", type: { kind: "bytes", attributes: {} } }
        ]
      },
      output: "none"
    }
    const bytes = encode(bid, value)
    const read = compileView(view).read(bytes, 0, bytes.length)
    assert.deepStrictEqual(read, { whole: 250, exact: 250n, bytes: new TextEncoder().encode("Google") })
  })

  it("reads whole records through resolution, with copies beside", () => {
    const reader = parseAvroOrThrow({
      type: "record",
      name: "Bid",
      fields: [
        { name: "price", type: "double" },
        { name: "currency", type: "string", default: "EUR" }
      ]
    })
    const output = record("Out", { extra: "string", total: "double" })
    const view: View = {
      writer: bid,
      reads: { form: "whole", reader },
      output: { schema: output, copies: { extra: "extra" } }
    }
    const body = (read: { price: number; currency: string }) => {
      assert.deepStrictEqual(read, { price: 250, currency: "EUR" })
      return { total: read.price / 4 }
    }
    assert.deepStrictEqual(decode(output, splice(view, encode(bid, value), body)), {
      extra: value.extra,
      total: 62.5
    })
  })

  it("copies any field of any record as it is", () => {
    const records = schemaArbitrary().filter((type) => type.kind === "record")
    const sample = records.chain((type) =>
      fc.tuple(fc.constant(type), valueArbitrary(type), fc.nat(), fc.nat(63))
    )
    fc.assert(
      fc.property(sample, ([writer, whole, chosen, mask]) => {
        if (writer.kind !== "record" || writer.fields.length === 0) return
        const names = writer.fields.map((field) => field.name)
        const written = names[chosen % names.length]
        const copied = names.filter((name, index) => name !== written && (mask & (1 << index)) === 0)
        const kept = writer.fields.filter((field) => field.name === written || copied.includes(field.name))
        const output: RecordType = { ...writer, fields: kept }
        const view: View = {
          writer,
          reads: reads(writer, written),
          output: { schema: output, copies: copiesOf(...copied) }
        }
        const out = splice(view, encode(writer, whole), (read) => read)
        // Compared as bytes: written whole, and the fields that stay cut out by a reader of them.
        const expected = encode(
          output,
          Object.fromEntries(kept.map((field) => [field.name, Reflect.get(Object(whole), field.name)]))
        )
        assert.deepStrictEqual(out, expected)
      }),
      { numRuns: 200 }
    )
  })

  it("names the field that is truncated, and the one whose result does not fit", () => {
    const view: View = {
      writer: bid,
      reads: reads(bid, "price"),
      output: { schema: bid, copies: copiesOf("auction", "bidder", "channel", "extra") }
    }
    const codec = compileView(view)
    const bytes = encode(bid, value)
    assert.throws(() => codec.read(bytes, 0, 3), CodecFault, "at price: the bytes end within the value")
    assert.throws(
      () => codec.read(bytes, 0, bytes.length - 1),
      CodecFault,
      "at channel: a length of 200 bytes where fewer are left"
    )
    codec.read(bytes, 0, bytes.length)
    const sink = new ByteSink(1 << 20, 8)
    assert.throws(
      () => codec.spliceLast?.(bytes, { price: "dear" }, sink),
      CodecFault,
      "at price: expected a whole number, got a string"
    )
    assert.throws(() => codec.spliceLast?.(bytes, null, sink), CodecFault, "expected an object, got null")
  })

  it("is refused where it does not fit the writer's schema", () => {
    const view = (output: View["output"], names: readonly string[] = []): View => ({
      writer: bid,
      reads: {
        form: "fields",
        fields: names.map((name) => ({ as: name, field: name, type: { kind: "int", attributes: {} } }))
      },
      output
    })
    const cases: readonly (readonly [View, string])[] = [
      [view("same", ["gone"]), "UNKNOWN_FIELD"],
      [view("same", ["channel"]), "UNRESOLVABLE"],
      [view({ schema: bid, copies: { price: "gone" } }), "UNKNOWN_FIELD"],
      [view({ schema: bid, copies: { gone: "price" } }), "UNKNOWN_FIELD"],
      [view({ schema: bid, copies: { price: "channel" } }), "DIFFERENT_SCHEMA"],
      [
        {
          writer: { kind: "string", attributes: {} },
          reads: { form: "fields", fields: [{ as: "a", field: "a", type: bid }] },
          output: "same"
        },
        "NOT_A_RECORD"
      ]
    ]
    for (const [each, code] of cases) {
      try {
        generateView(each)
        assert.fail(code)
      } catch (error) {
        assert.instanceOf(error, CodecError)
        assert.strictEqual(error instanceof CodecError ? error.code : "", code)
      }
    }
  })

  it("keeps foreign names out of the text but as literals", () => {
    const name = '"];globalThis.__broken=1;//\u2028`${1}'
    const type: RecordType = { ...bid, fields: [{ ...bid.fields[0], name }] }
    const view: View = {
      writer: type,
      reads: { form: "fields", fields: [{ as: name, field: name, type: bid.fields[0].type }] },
      output: { schema: type, copies: {}, from: { [name]: name } }
    }
    const bytes = Uint8Array.of(8)
    assert.deepStrictEqual(
      splice(view, bytes, (read) => read),
      bytes
    )
    assert.isUndefined(Reflect.get(globalThis, "__broken"))
  })
})
