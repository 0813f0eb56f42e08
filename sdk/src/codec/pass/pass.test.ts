import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../../avro/index.ts"
import { schemaArbitrary, valueArbitrary } from "../../avro/testing/arbitrary.ts"
import type { AvroType, Json, RecordType } from "../../avro/type.ts"
import { ByteSink } from "../../record/byte-sink.ts"
import { compilePass, compileValue, compileView } from "../compile-boundary.ts"
import type { View } from "../view.ts"
import { passesOf } from "./generate-pass.ts"

const record = (fields: { readonly [name: string]: Json }): RecordType => {
  const type = parseAvroOrThrow({
    type: "record",
    name: "Row",
    fields: Object.entries(fields).map(([name, each]) => ({ name, type: each }))
  })
  return type.kind === "record" ? type : assert.fail("no record")
}

const encode = (type: AvroType, value: unknown): Uint8Array => {
  const sink = new ByteSink(1 << 22, 16)
  compileValue(type).write(value, sink)
  return sink.toBytes()
}

const decode = (type: AvroType, bytes: Uint8Array) => compileValue(type).read(bytes, 0, bytes.length)

/** A node for tests: what it sees of records, and what its body answers. */
interface TestNode {
  readonly view: View
  readonly form: "filter" | "map"
  readonly body: (value: never, origin: number) => unknown
}

const typeOf = (type: RecordType, name: string): AvroType =>
  type.fields.find((field) => field.name === name)?.type ?? assert.fail(name)

const readsOf = (type: RecordType, names: readonly string[]): View["reads"] => ({
  form: "fields",
  fields: names.map((name) => ({ as: name, field: name, type: typeOf(type, name) }))
})

const filter = (writer: RecordType, reads: readonly string[], body: TestNode["body"]): TestNode => ({
  view: { writer, reads: readsOf(writer, reads), output: "same" },
  form: "filter",
  body
})

/** A map that gives `schema`: fields named in `copies`, each from one of the writer's; the others from its body. */
const map = (
  writer: RecordType,
  reads: readonly string[],
  schema: RecordType,
  copies: { readonly [field: string]: string },
  body: TestNode["body"]
): TestNode => ({
  view: { writer, reads: readsOf(writer, reads), output: { schema, copies } },
  form: "map",
  body
})

const same = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]))

/** How many nodes let a value pass, one after the other, the last value, and the bytes that each gave. */
const nodeByNode = (nodes: readonly TestNode[], bytes: Uint8Array) => {
  let value = bytes
  const sizes: number[] = []
  for (const [place, { body, form, view }] of nodes.entries()) {
    const codec = compileView(view)
    const answer = body(codec.read(value, 0, value.length) as never, 7)
    if (form === "filter" && answer === false) return { reached: place, value: undefined, sizes }
    if (codec.spliceLast !== undefined) {
      const sink = new ByteSink(1 << 22, 16)
      codec.spliceLast(value, answer, sink)
      value = sink.toBytes()
    }
    sizes.push(value.length)
  }
  return { reached: nodes.length, value, sizes }
}

const inPass = (nodes: readonly TestNode[], bytes: Uint8Array) => {
  const [text, ...others] = passesOf(nodes.map(({ view }) => view))
  if (text === undefined || text.steps.length < nodes.length) return assert.fail("no pass of all nodes")
  assert.deepStrictEqual(others, [])
  const { pass, steps } = compilePass(text)
  for (const [place, step] of steps.entries()) {
    const node = nodes[place] ?? assert.fail("a step too many")
    step.open((value, origin) => node.body(value as never, origin), node.form === "map")
  }
  const padded = Uint8Array.from([9, 9, ...bytes, 9])
  for (const step of steps) step.begin(padded)
  pass.begin()
  const reached = pass.run(padded, 2, padded.length - 1, 7)
  const sizes = nodes.map((_, place) => pass.size(place))
  if (reached < nodes.length)
    return { reached, value: undefined, sizes: sizes.slice(0, Math.max(0, reached)) }
  if (pass.isWhole) return { reached, value: bytes, sizes: [...sizes.slice(0, -1), bytes.length] }
  const sink = new ByteSink(1 << 22, 16)
  if (!pass.write(padded, sink)) return { reached: -1, value: undefined, sizes: [] }
  const value = sink.toBytes()
  return { reached, value, sizes: [...nodes.slice(0, -1).map((_, place) => pass.size(place)), value.length] }
}

const bid = record({
  auction: "long",
  bidder: "long",
  price: "int",
  channel: ["null", "string"],
  extra: "string"
})
const bidValue = { auction: 1001, bidder: 7, price: 250, channel: "Google", extra: "x".repeat(200) }
const renamed = record({
  auction: "long",
  who: "long",
  price: "int",
  channel: ["null", "string"],
  extra: "string"
})
const scored = record({
  auction: "long",
  who: "long",
  price: "int",
  channel: ["null", "string"],
  extra: "string",
  score: "double"
})
const slim = record({
  auction: "long",
  who: "long",
  price: "int",
  channel: ["null", "string"],
  score: "double"
})

const five: readonly TestNode[] = [
  filter(bid, ["price"], ({ price }: { price: number }) => price > 100),
  map(bid, [], renamed, { ...same("auction", "price", "channel", "extra"), who: "bidder" }, () => ({})),
  map(renamed, ["channel"], renamed, same("auction", "who", "price", "extra"), () => ({ channel: "***" })),
  map(
    renamed,
    ["price", "who"],
    scored,
    same("auction", "who", "price", "channel", "extra"),
    ({ price, who }: { price: number; who: number }) => ({ score: price / who })
  ),
  map(scored, [], slim, same("auction", "who", "price", "channel", "score"), () => ({}))
]

describe("a pass", () => {
  it("comes to what its nodes come to one after the other, and tells what each gave", () => {
    const bytes = encode(bid, bidValue)
    const run = inPass(five, bytes)
    assert.deepStrictEqual(run, nodeByNode(five, bytes))
    assert.deepStrictEqual(decode(slim, run.value ?? assert.fail("nothing")), {
      auction: 1001,
      who: 7,
      price: 250,
      channel: "***",
      score: 250 / 7
    })
    const cheap = encode(bid, { ...bidValue, price: 3 })
    assert.deepStrictEqual(inPass(five, cheap), { reached: 0, value: undefined, sizes: [] })
  })

  it("gives records as they are where no node changes them", () => {
    const nodes = [
      filter(bid, ["price"], ({ price }: { price: number }) => price > 100),
      filter(bid, ["channel", "bidder"], ({ channel }: { channel: unknown }) => channel === "Google")
    ]
    const bytes = encode(bid, bidValue)
    assert.deepStrictEqual(inPass(nodes, bytes), {
      reached: 2,
      value: bytes,
      sizes: [bytes.length, bytes.length]
    })
    const other = encode(bid, { ...bidValue, channel: null })
    assert.deepStrictEqual(inPass(nodes, other), { reached: 1, value: undefined, sizes: [other.length] })
  })

  it("says that it cannot where a body throws, answers no verdict, or gives what does not fit", () => {
    const bytes = encode(bid, bidValue)
    const failing = (body: TestNode["body"]) => {
      const nodes = five.map((node, place) => (place === 3 ? { ...node, body } : node))
      return inPass(nodes, bytes).reached
    }
    assert.strictEqual(
      failing(() => {
        throw new Error("no")
      }),
      -1
    )
    assert.strictEqual(
      failing(() => ({ score: "much" })),
      -1
    )
    assert.strictEqual(
      failing(() => null),
      -1
    )
    assert.strictEqual(
      failing(() => ({})),
      -1
    )
    const unsure = five.map((node, place) => (place === 0 ? { ...node, body: () => 1 } : node))
    assert.strictEqual(inPass(unsure, bytes).reached, -1)
    assert.strictEqual(inPass(five, bytes.subarray(0, bytes.length - 1)).reached, -1)
    assert.strictEqual(inPass(five, Uint8Array.of(...bytes, 0)).reached, -1)
  })

  it("ends before a node that reads what was written, drops it, or may drop records after a write", () => {
    const masked = map(bid, ["channel"], bid, same("auction", "bidder", "price", "extra"), () => ({
      channel: "*"
    }))
    const bare = record({ auction: "long", bidder: "long", price: "int", extra: "string" })
    const reading = filter(bid, ["channel"], () => true)
    const judging = filter(bid, ["price"], () => true)
    const dropping = map(bid, [], bare, same("auction", "bidder", "price", "extra"), () => ({}))
    const again = map(bid, [], bid, same("auction", "bidder", "price", "extra"), () => ({ channel: "+" }))
    for (const last of [reading, judging, dropping, again]) {
      const views = [judging, masked, last].map(({ view }) => view)
      assert.deepStrictEqual(
        passesOf(views).map(({ first, steps }) => [first, steps.length]),
        [[0, 2]]
      )
    }
  })

  it("is of neighbours that read fields and write by their view alone", () => {
    const whole: View = { writer: bid, reads: { form: "whole", reader: bid }, output: "none" }
    const judging = filter(bid, ["price"], () => true).view
    const spans = (...views: readonly (View | undefined)[]) =>
      passesOf(views).map(({ first, steps }) => [first, steps.length])
    assert.deepStrictEqual(spans(judging), [])
    assert.deepStrictEqual(spans(judging, whole, judging), [])
    assert.deepStrictEqual(spans(judging, judging, whole, judging, judging, judging), [
      [0, 2],
      [3, 3]
    ])
    assert.deepStrictEqual(spans(undefined, judging, judging, undefined), [[1, 2]])
  })

  it("comes to the same for any records, fields and chains", () => {
    const records = schemaArbitrary().filter((type) => type.kind === "record")
    const sample = records.chain((type) =>
      fc.tuple(
        fc.constant(type),
        valueArbitrary(type),
        fc.array(
          fc.tuple(fc.constantFrom("filter", "keep", "update", "drop", "swap"), fc.nat(), fc.nat(63)),
          {
            minLength: 2,
            maxLength: 5
          }
        )
      )
    )
    let passes = 0
    fc.assert(
      fc.property(sample, ([type, whole, kinds]) => {
        if (type.kind !== "record" || type.fields.length === 0) return
        const nodes = chainOf(type, kinds)
        const views = nodes.map(({ view }) => view)
        const bytes = encode(type, whole)
        for (const { first, steps } of passesOf(views)) {
          const members = nodes.slice(first, first + steps.length)
          const before = nodeByNode(nodes.slice(0, first), bytes)
          if (before.value === undefined) continue
          assert.deepStrictEqual(inPass(members, before.value), nodeByNode(members, before.value))
          passes += 1
        }
      }),
      { numRuns: 300 }
    )
    assert.isAbove(passes, 100)
  })
})

/** Nodes over a record, one after the other, chosen by numbers. */
const chainOf = (
  type: RecordType,
  kinds: readonly (readonly [kind: string, chosen: number, mask: number])[]
): readonly TestNode[] => {
  const nodes: TestNode[] = []
  let at = type
  for (const [kind, chosen, mask] of kinds) {
    const names = at.fields.map(({ name }) => name)
    const one = names[chosen % names.length] ?? assert.fail("no field")
    const reads = names.filter((_, index) => (mask & (1 << index)) !== 0)
    if (kind === "filter") nodes.push(filter(at, reads, () => mask !== 5))
    else if (kind === "update")
      nodes.push(
        map(at, [one], at, same(...names.filter((name) => name !== one)), (value) => ({
          [one]: Reflect.get(value, one)
        }))
      )
    else {
      const fields =
        kind === "drop" && names.length > 1
          ? at.fields.filter(({ name }) => name !== one)
          : kind === "swap"
            ? at.fields.toReversed()
            : at.fields
      const given: RecordType = { ...at, fields }
      nodes.push(map(at, reads, given, same(...fields.map(({ name }) => name)), () => ({})))
      at = given
    }
  }
  return nodes
}
