import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/index.ts"
import { ByteSink } from "../record/byte-sink.ts"
import { compileValue, compileView, compileWriter } from "./compile-boundary.ts"

const schema = parseAvroOrThrow({
  type: "record",
  name: "Note",
  fields: [
    { name: "title", type: "string" },
    { name: "body", type: "string" },
    { name: "tags", type: { type: "array", items: "string" } }
  ]
})
const value = compileValue(schema)
const view = compileView({ writer: schema, reads: { form: "whole", reader: schema }, output: "none" })
const writer = compileWriter(schema)

interface Note {
  readonly title: string
  readonly body: string
  readonly tags: readonly string[]
}

const encoded = (write: (sink: ByteSink) => void): Uint8Array => {
  const sink = new ByteSink(1 << 20, 64)
  write(sink)
  return sink.toBytes()
}

// Of few lengths, so that texts take each other's place in what is remembered.
const text = fc
  .tuple(fc.constantFrom(0, 15, 16, 17, 80, 256, 257, 1_024, 1_025), fc.constantFrom("a", "b", "é", "💧"))
  .map(([units, unit]) => unit.repeat(Math.floor(units / unit.length)))
const note = fc.record({ title: text, body: text, tags: fc.array(text, { maxLength: 3 }) })

describe("a text that was read and is written again", () => {
  it("has the bytes that it would have been encoded to, of whichever record it is", () => {
    const change = fc.constantFrom("nothing", "swap", "replace", "former")
    fc.assert(
      fc.property(fc.array(fc.tuple(note, note, change), { minLength: 1, maxLength: 20 }), (steps) => {
        let former: Note = { title: "", body: "", tags: [] }
        for (const [given, other, how] of steps) {
          const bytes = encoded((sink) => value.write(given, sink))
          const read = view.read(bytes, 0, bytes.length) as Note
          assert.deepStrictEqual(read, given)
          const out: { readonly [how in typeof how]: Note } = {
            nothing: read,
            swap: { ...read, title: read.body, body: read.title },
            replace: { ...read, body: other.body, tags: [...read.tags, ...other.tags] },
            former
          }
          assert.deepStrictEqual(
            encoded((sink) => writer.write(out[how], sink)),
            encoded((sink) => value.write(structuredClone(out[how]), sink))
          )
          former = read
        }
      }),
      { numRuns: 300 }
    )
  })

  it("is encoded where the bytes that it was read from may have been written over", () => {
    const sink = new ByteSink(1 << 20, 4_096)
    const given = { title: "t".repeat(40), body: "b".repeat(50), tags: [] }
    value.write(given, sink)
    const read = value.read(sink.bytes, 0, sink.length)
    sink.bytes.fill(0)
    assert.deepStrictEqual(
      encoded((out) => writer.write(read, out)),
      encoded((out) => writer.write(given, out))
    )
  })
})
