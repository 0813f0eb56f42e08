import { createHash } from "node:crypto"
import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { compileReader, compileWriter } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import type { FrameData } from "./frames.ts"
import { ResolvedFrames } from "./resolved-frames.ts"

const wanted = '{"type":"record","name":"Row","fields":[{"name":"a","type":"string"}]}'
const newer =
  '{"type":"record","name":"Row","fields":[{"name":"a","type":"string"},{"name":"b","type":"string"}]}'
const other = '{"type":"record","name":"Else","fields":[{"name":"x","type":"double"}]}'

const hashOf = (schema: string): Uint8Array => new Uint8Array(createHash("sha256").update(schema).digest())
const texts = new Map(
  [wanted, newer, other].map((schema) => [Buffer.from(hashOf(schema)).toString("hex"), schema])
)
const resolved = new ResolvedFrames(
  { schema: (hash) => Effect.sync(() => texts.get(Buffer.from(hash).toString("hex"))) },
  "rows",
  wanted
)

/** Rows of the newer schema, as another program wrote them; those of `cut` end too early. */
const frameOf = (rows: readonly string[], cut: readonly string[]): FrameData => {
  const { write } = compileWriter(parseAvroOrThrow(newer))
  const writer = new BatchWriter()
  writer.begin(hashOf(newer))
  for (const a of rows) {
    writer.beginRecord({ timestamp: 1_000, key: null })
    write({ a, b: "b" }, writer.sink)
    if (cut.includes(a)) writer.sink.length -= 1
    writer.endRecord()
  }
  return { frame: writer.finish(), baseOffset: 10n, count: rows.length, leaps: [2, 5] }
}

const valuesOf = ({ baseOffset, frame, leaps = [] }: FrameData): readonly unknown[] => {
  const { read } = compileReader(parseAvroOrThrow(wanted), parseAvroOrThrow(wanted))
  const cursor = new BatchCursor(frame)
  const found: unknown[] = []
  while (cursor.next()) {
    const leap = leaps.findLast((_, at) => at % 2 === 1 && (leaps[at - 1] ?? 0) <= cursor.index) ?? 0
    found.push([Number(baseOffset) + cursor.index + leap, read(frame, cursor.valueStart, cursor.valueEnd)])
  }
  return found
}

describe("frames that another program wrote", () => {
  it("give what can be read, each at its offset, and tell the rest with its bytes", async () => {
    const data = frameOf(["r0", "r1", "r2", "r3"], ["r0", "r2"])
    const { data: left, unread } = await Effect.runPromise(resolved.resolve(data, true))
    assert.deepStrictEqual(left && valuesOf(left), [
      [11, { a: "r1" }],
      [18, { a: "r3" }]
    ])
    assert.deepStrictEqual(
      unread.map(({ code, offset }) => [code, Number(offset)]),
      [
        ["RECORD_INVALID", 10],
        ["RECORD_INVALID", 17]
      ]
    )
    const raw: { readonly value: string } = JSON.parse(unread[0]?.raw ?? "")
    assert.include(Buffer.from(raw.value, "base64").toString("latin1"), "r0")
  })

  it("give nothing where their schema is another stream's", async () => {
    const writer = new BatchWriter()
    writer.begin(hashOf(other))
    writer.append({ timestamp: 1, key: null }, new Uint8Array(8))
    const data = { frame: writer.finish(), baseOffset: 3n, count: 1 }
    const { data: left, unread } = await Effect.runPromise(resolved.resolve(data, true))
    assert.isUndefined(left)
    assert.deepStrictEqual(
      unread.map(({ code, offset }) => [code, offset]),
      [["SCHEMA_INCOMPATIBLE", 3n]]
    )
    const failure = await Effect.runPromise(Effect.flip(resolved.resolve(data, false)))
    assert.strictEqual(failure.code, "SCHEMA_INCOMPATIBLE")
  })

  it("stop a task where they are of nobody else", async () => {
    const failure = await Effect.runPromise(Effect.flip(resolved.resolve(frameOf(["r0"], ["r0"]), false)))
    assert.strictEqual(failure.code, "RECORD_INVALID")
  })
})
