import { parseAvroOrThrow, type RecordType } from "@millrace/sdk/avro"
import { compileReader } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import {
  alike,
  five,
  liked,
  type Member,
  member,
  record,
  same,
  segment,
  shoutedFirst
} from "./fixture/pass-fixture.ts"
import { withSegment } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  callOf,
  frameOf,
  hostOf,
  inputOf,
  movies,
  movieSchema
} from "./fixture/segment-fixture.ts"

describe("hostile neighbours in a pass", () => {
  it("get nothing of each other's realms", async () => {
    const bytes = record(["id", "bytes"], ["tags", "string"])
    const list = parseAvroOrThrow({ type: "array", items: { type: "map", values: "bytes" } })
    const wide: RecordType = {
      ...bytes,
      fields: [...bytes.fields, { ...bytes.fields[1], name: "list", type: list }]
    }
    const check = `(value, record) => {
      const mine = [Object, Array, Uint8Array, ArrayBuffer, Function, String, Number]
      const seen = new Set()
      const look = (each, path) => {
        if ((typeof each !== "object" && typeof each !== "function") || each === null || seen.has(each)) return
        seen.add(each)
        const prototype = Object.getPrototypeOf(each)
        if (prototype !== null && prototype.constructor !== undefined && prototype === prototype.constructor.prototype &&
            ["Object", "Array", "Uint8Array", "ArrayBuffer"].includes(prototype.constructor.name) && !mine.includes(prototype.constructor))
          throw new Error("foreign at " + path)
        for (const name of Reflect.ownKeys(each)) { let next; try { next = each[name] } catch { continue } look(next, path + "/" + String(name)) }
        if (each instanceof Uint8Array) look(each.buffer, path + "/buffer")
      }
      look(value, "value"); look(record.key, "key"); look(record.headers, "headers"); look(record.position, "position")
      return %
    }`
    const node = (name: string, answer: string) =>
      member(name, wide, ["id", "list"], "same", "filter", check.replace("%", answer), { onError: "fail" })
    const batch = () => {
      const writer = new BatchWriter()
      writer.begin(new Uint8Array(32).fill(7), 1_000)
      // id: 3 bytes; tags: "ab"; list: one map with one entry.
      const value = Uint8Array.of(6, 1, 2, 3, 4, 97, 98, 2, 2, 2, 107, 4, 8, 9, 0, 0)
      writer.append({ timestamp: 1_000, key: Uint8Array.of(5), headers: [["h", Uint8Array.of(1)]] }, value)
      return writer.finish()
    }
    const results = await alike(
      [node("a", "true"), node("b", "value.id.length === 3"), node("c", "true")],
      () => [inputOf(batch())]
    )
    assert.strictEqual(results.at(-1)?.counts[2].recordsOut, 1)
  })

  it("are not led astray by a plugin that changes what its realm is made of", async () => {
    const before = `for (const P of [Object.prototype, Array.prototype, Function.prototype, Number.prototype, String.prototype, Map.prototype])
      for (const name of ["timestamp", "index", "0", "length", "call", "apply", "step", "begin", "finish", "output", "toString"])
        try { Object.defineProperty(P, name, { configurable: true, get() { throw new Error("planted") }, set() { throw new Error("planted") } }) } catch {}
      try { JSON.parse = () => { throw new Error("planted") } } catch {}
      try { globalThis.Float64Array = globalThis.Map = undefined } catch {}`
    const planted = (each: Member): Member => ({
      ...each,
      spec: { ...each.spec, bundle: `${each.spec.bundle}\n;${before}` }
    })
    const members = five()
    const results = await withSegment(
      segment(members.map((each, place) => (place === 2 ? planted(each) : each))),
      (opened) =>
        Effect.forEach([0, 1, 2, 3], () => opened.call(callOf([inputOf(frameOf(movies(20)))]), hostOf()))
    )
    assert.deepStrictEqual(
      results.map(({ counts }) => counts[4].recordsOut),
      [14, 14, 14, 14]
    )
  })

  it("cannot write over what another one wrote, by a length that lies", async () => {
    const blobs = parseAvroOrThrow({ type: "array", items: "bytes" })
    const wide: RecordType = {
      ...movieSchema,
      fields: [...movieSchema.fields, { ...movieSchema.fields[0], name: "blob", type: blobs }]
    }
    const lying = `(() => {
      const back = new Uint8Array(0); Object.defineProperty(back, "length", { value: -22 })
      Object.defineProperty(back, "subarray", { value: () => [] })
      const real = Uint8Array.from("B-ALTERED!!", (c) => c.charCodeAt(0))
      return () => ({ blob: [back, real] })
    })()`
    const members = [
      member("lying", movieSchema, [], { schema: wide, copies: same("id", "title", "rating") }, "map", lying),
      member(
        "titled",
        wide,
        [],
        { schema: wide, copies: same("id", "rating", "blob") },
        "map",
        "() => ({ title: 'AS WRITTEN' })"
      )
    ]
    const results = await alike(members, () => [inputOf(frameOf(movies(3)))])
    const reader = compileReader(wide, wide)
    const { frame } = results.at(-1)?.outputs[0] ?? assert.fail("no output")
    const cursor = new BatchCursor(frame)
    while (cursor.next()) {
      const value = reader.read(frame, cursor.valueStart, cursor.valueEnd)
      assert.deepInclude(value, { title: "AS WRITTEN" })
      assert.deepStrictEqual(
        Reflect.get(Object(value), "blob").map((bytes: Uint8Array) => new TextDecoder().decode(bytes)),
        ["", "B-ALTERED!!"]
      )
    }
  })

  it("get no buffer of the harness by a species of their own", async () => {
    const planting = `globalThis.got = []
      for (const Of of [Uint8Array, Object.getPrototypeOf(Uint8Array), ArrayBuffer, Uint32Array])
        try { Object.defineProperty(Of, Symbol.species, { configurable: true, get() {
          return function (...given) { got.push(typeof given[0]); return new Of(...given) } } }) } catch {}`
    const telling =
      "({ title }, record) => { record.key; host.log('info', String(got.filter((each) => each === 'object').length), '{}'); return { title: title + 'x'.repeat(3000) } }"
    const first = shoutedFirst(telling)
    const planted: Member = {
      ...first,
      spec: { ...first.spec, bundle: bodyBundle("map", telling, { before: planting }) }
    }
    const results = await alike([liked(), planted], () => [inputOf(frameOf(movies(9)))])
    assert.deepStrictEqual(
      new Set(results.flatMap(({ logs }) => logs.map(({ message }) => message))),
      new Set(["0"])
    )
  })
})
