import { runInThisContext } from "node:vm"
import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { compileWriter, generateKey, generateView, generateWriter } from "@millrace/sdk/codec"
import { BatchWriter, ByteSink, checkBatch, keyOfText, maxFrameBytes } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { readDone } from "./child/done-call.ts"
import { applyEdits } from "./driver/apply-edits.ts"
import { openQuestion } from "./driver/loaded-in.ts"
import { headJson } from "./driver/call-head.ts"
import { wholePiece } from "./driver/piece.ts"
import { withSegment } from "./fixture/pool-fixture.ts"
import {
  bundleOf,
  callOf,
  hostOf,
  inputOf,
  nodeOf,
  schemaHash,
  segmentOf
} from "./fixture/segment-fixture.ts"
import { HostRequests } from "./guest/realm/host-requests.ts"
import { MessageBudget } from "./guest/realm/message-budget.ts"
import { RunClock } from "./guest/realm/run-clock.ts"
import { HarnessState } from "./guest/run/harness-state.ts"
import type { Harness } from "./guest/run/harness-table.ts"
import type { NodeSpec } from "./segment.ts"

// A node alone gives its outputs as edits of the frames that it was given; one that others follow writes them out. What comes of both
// has to be the same, byte for byte.

const text = JSON.stringify({
  type: "record",
  name: "Sale",
  fields: [
    { name: "act", type: "int" },
    { name: "price", type: "long" },
    { name: "note", type: "string" },
    { name: "rest", type: "bytes" }
  ]
})
const sale = parseAvroOrThrow(text)
if (sale.kind !== "record") throw new Error("no record")
const writer = compileWriter(sale)

interface Sale {
  /** What the body does with it. */
  readonly act: number
  readonly price: number
  readonly note: string
  readonly rest: Uint8Array
}

interface Given {
  readonly sale: Sale | null
  readonly key: string | null
  readonly time: number
  readonly watermark: number | undefined
  readonly headers: readonly string[]
}

const given: fc.Arbitrary<Given> = fc.record({
  sale: fc.option(
    fc.record({
      act: fc.nat(9),
      price: fc.oneof(fc.nat(70), fc.nat(1_000_000)),
      note: fc.string({ maxLength: 70 }),
      rest: fc.uint8Array({ maxLength: 200 })
    }),
    { freq: 8 }
  ),
  key: fc.option(fc.string({ maxLength: 150 }), { freq: 2 }),
  time: fc.oneof({ weight: 9, arbitrary: fc.nat(100_000) }, fc.nat(10_000_000_000)),
  watermark: fc.option(fc.nat(100_000), { nil: undefined }),
  headers: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    fc.array(fc.string({ maxLength: 9 }), { maxLength: 2 })
  )
})

interface Batch {
  readonly base: number
  readonly records: readonly Given[]
}

/** Often of one base: what has another is written anew. */
const batch: fc.Arbitrary<Batch> = fc.record({
  base: fc.constantFrom(1000, 1000, 1000, 2000),
  records: fc.array(given, { maxLength: 60 })
})

function frameOf({ base, records }: Batch): Uint8Array {
  const frame = new BatchWriter()
  const value = new ByteSink(1_000_000, 256)
  frame.begin(schemaHash, base)
  for (const { headers, key, sale: one, time, watermark } of records) {
    value.length = 0
    if (one !== null) writer.write({ ...one }, value)
    const parts = {
      timestamp: base + time,
      key: key === null ? null : keyOfText(key),
      headers: headers.map((name) => [name, Uint8Array.of(1, 2)] as const)
    }
    frame.append(
      watermark === undefined ? parts : { ...parts, watermark },
      one === null ? null : value.toBytes()
    )
  }
  return frame.finish()
}

const changed = `({ act, price, note }) => {
  if (act === 0) throw new Error("refused")
  if (act === 1) return { price: price + 1, note: 7 }
  if (act === 2) return { price: price * 1000, note }
  if (act === 3) return { price, note: note + "!" }
  return { price: price > 0 ? price - 1 : price, note: act === 4 ? note.toUpperCase() : note }
}`

const output = { name: "output", schemaHash }
const forms: { readonly [name: string]: { readonly body: string; readonly outputs: NodeSpec["outputs"] } } = {
  filter: {
    body: `{ form: "filter", call: ({ act }) => { if (act === 0) throw new Error("refused"); return act === 1 ? 7 : act % 3 > 0 } }`,
    outputs: [output]
  },
  map: { body: `{ form: "map", call: ${changed} }`, outputs: [output] },
  rekeyed: {
    body: `{ form: "map", call: ${changed} }`,
    outputs: [{ ...output, key: generateKey(sale, ["note"]) }]
  },
  process: {
    body: `{ form: "process", call: (value, record) => {
      const list = []
      for (let i = 0; i < value.act % 4; i++) list.push(changed({ ...value, act: value.act + i }))
      if (value.act === 5) record.stamp(list[0], 77, 70)
      if (value.act === 6) record.tombstone(list[0])
      return value.act === 7 ? { output: list, other: [list[0], ...list] } : list
    } }`,
    outputs: [output, { ...output, name: "other" }]
  }
}

const whole = { ...output, writer: generateWriter(sale) }
/** Their outputs are written whole. */
const closedForms: typeof forms = {
  map: {
    body: `{ form: "map", call: (value) => ({ ...value, ...changed(value) }) }`,
    outputs: [whole]
  },
  rekeyed: {
    body: `{ form: "map", call: (value) => ({ ...value, ...changed(value) }) }`,
    outputs: [{ ...whole, key: generateKey(sale, ["note"]) }]
  },
  process: {
    body: `{
      form: "process",
      call: (value, record) => {
        const list = []
        for (let i = 0; i < value.act % 4; i++) list.push({ ...value, ...changed({ ...value, act: value.act + i }) })
        if (value.act === 5) record.stamp(list[0], 77, 70)
        if (value.act === 6) record.tombstone(list[0])
        if (value.act === 7) value.rest.fill(7)
        return list
      }
    }`,
    outputs: [whole]
  }
}

function nodeOfClosedForm(form: string, echoes: boolean): NodeSpec {
  const { body, outputs } = closedForms[form] ?? assert.fail(form)
  const bundle = bundleOf(`{ kind: "processor", bodies: { input: ${body} } }`, `const changed = ${changed};`)
  const view = { writer: sale, reads: { form: "whole", reader: sale }, output: "none" } as const
  const views = { input: generateView(echoes && sale.kind === "record" ? { ...view, echoes: sale } : view) }
  return nodeOf(bundle, { views, outputs })
}

function nodeOfForm(form: string): NodeSpec {
  const { body, outputs } = forms[form] ?? assert.fail(form)
  const bundle = bundleOf(`{ kind: "processor", bodies: { input: ${body} } }`, `const changed = ${changed};`)
  const read = (field: string, index: number) => ({
    as: field,
    field,
    type: sale.kind === "record" ? sale.fields[index].type : sale
  })
  return nodeOf(bundle, {
    views: {
      input: generateView({
        writer: sale,
        reads: { form: "fields", fields: [read("act", 0), read("price", 1), read("note", 2)] },
        output:
          form === "filter" || sale.kind !== "record"
            ? "same"
            : { schema: sale, copies: { act: "act", rest: "rest" } }
      })
    },
    outputs
  })
}

/** The harness of a realm of its own, in this process. */
function harnessOf(node: NodeSpec): Harness {
  const clock = new RunClock()
  const harness = new HarnessState(clock, new HostRequests(clock), new MessageBudget(true)).table()
  const { settings, texts } = openQuestion(0, segmentOf([node]), 0)
  for (const { kind, name, text: code } of texts) harness.define(kind, name, runInThisContext(`(${code}\n)`))
  runInThisContext(node.bundle)
  assert.strictEqual(harness.open(JSON.stringify(settings)), "")
  return harness
}

interface Outcome {
  readonly outputs: readonly (readonly [name: string, frame: Uint8Array])[]
  readonly dead: readonly Uint8Array[]
  readonly report: { readonly [name: string]: unknown }
  readonly edited: number
}

/** `isFollowed`: by another node, so that outputs are written out. */
function outcomeOf(harness: Harness, frames: readonly Uint8Array[], isFollowed: boolean): Outcome {
  const inputs = frames.map((frame) => inputOf(frame))
  const facts = {
    isLastResort: false,
    isEnd: false,
    run: 0,
    tokenJson: undefined,
    kept: "all",
    special: undefined
  } as const
  const head = headJson(callOf(inputs), facts, wholePiece(inputs))
  const status = harness.run(
    head,
    isFollowed,
    undefined,
    0,
    ...frames.flatMap((frame) => [frame.slice().buffer, frame.length])
  )
  assert.strictEqual(status.slice(0, 2), "Dt", status)
  const roles = readDone(status.slice(1), 0).frames.map(({ role }) => role)
  // Stacks tell the way that the harness took.
  const { frames: named, ...report } = JSON.parse(
    status.slice(status.indexOf("|") + 1),
    (name, value: unknown) => (name === "stack" ? undefined : value)
  )
  const outputs: (readonly [string, Uint8Array])[] = []
  const dead: Uint8Array[] = []
  for (const [place, role] of roles.entries()) {
    const buffer = harness.take(place) ?? assert.fail("nothing to take")
    if (role === "dead") dead.push(new Uint8Array(buffer))
    if (role !== "output" && role !== "edits") continue
    const bytes = new Uint8Array(buffer)
    const frame = role === "edits" ? applyEdits(bytes, inputs, maxFrameBytes) : bytes
    checkBatch(frame)
    assert.strictEqual(named[place].bytes, frame.length)
    outputs.push([named[place].name, frame])
  }
  return { outputs, dead, report, edited: roles.filter((role) => role === "edits").length }
}

describe("outputs told as edits", () => {
  for (const form of Object.keys(forms)) {
    it(`are those that would be written out: ${form}`, () => {
      const harness = harnessOf(nodeOfForm(form))
      let edited = 0
      fc.assert(
        fc.property(fc.array(batch, { minLength: 1, maxLength: 3 }), (batches) => {
          const frames = batches.map(frameOf)
          const told = outcomeOf(harness, frames, false)
          const written = outcomeOf(harness, frames, true)
          assert.strictEqual(written.edited, 0)
          assert.deepStrictEqual({ ...told, edited: 0 }, written)
          edited += told.edited
        }),
        { numRuns: 150 }
      )
      assert.isAbove(edited, 10)
    })
  }

  for (const form of Object.keys(closedForms)) {
    it(`are those that a writer of whole records would have written: ${form}`, () => {
      const echoing = harnessOf(nodeOfClosedForm(form, true))
      const writing = harnessOf(nodeOfClosedForm(form, false))
      let edited = 0
      fc.assert(
        fc.property(fc.array(batch, { minLength: 1, maxLength: 3 }), (batches) => {
          const frames = batches.map(frameOf)
          const expected = outcomeOf(writing, frames, true)
          assert.deepStrictEqual(outcomeOf(echoing, frames, true), expected)
          const told = outcomeOf(echoing, frames, false)
          assert.deepStrictEqual({ ...told, edited: 0 }, expected)
          edited += told.edited
        }),
        { numRuns: 150 }
      )
      assert.isAbove(edited, form === "rekeyed" ? -1 : 10)
    })
  }

  it("have nothing of the record that was read before where a delete gives one like it", async () => {
    const gone = { act: 1, price: 2, note: "gone", rest: new Uint8Array(3) }
    const body = `{ form: "process", suspends: false, call: (value) => [value] }`
    const deletes = `onDelete: () => [{ act: 1, price: 2, note: "gone", rest: new Uint8Array(3) }]`
    const { outputs, views } = nodeOfClosedForm("process", true)
    const node = nodeOf(bundleOf(`{ kind: "processor", bodies: { input: ${body} }, ${deletes} }`), {
      outputs,
      views
    })
    const plain = { key: "k", time: 0, watermark: undefined, headers: [] }
    const frames = [gone, null].map((one) => frameOf({ base: 1000, records: [{ ...plain, sale: one }] }))
    const found = await withSegment(segmentOf([node]), (segment) =>
      Effect.forEach(frames, (frame) => segment.call(callOf([inputOf(frame)]), hostOf()))
    )
    assert.deepStrictEqual(
      found.flatMap((call) => call.outputs.map(({ frame }) => frame)),
      [frames[0], frames[0]]
    )
  })
})
