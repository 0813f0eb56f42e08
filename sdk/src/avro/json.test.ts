import { assert, describe, it } from "vitest"

import { parseAvroOrThrow, schemaHash, schemaText, toJson } from "./index.ts"
import type { FixedType } from "./type.ts"

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

/** By sha256sum of the text. */
const goldenHash = "fb4222953c8851df5e1e16ad3931c2db52665afa41e96e43e315f6e4022d810d"

describe("schemaText", () => {
  it("is one text for one schema, however it was written, and its hash is golden", () => {
    const written = [
      '{"type":"record","name":"Movie","namespace":"studio","fields":[{"default":null,"type":["null",{"type":"double"}],"name":"rating"},{"name":"released","type":{"logicalType":"date","type":"int"}}]}',
      '{"name":"studio.Movie","fields":[{"name":"rating","type":["null","double"],"default":null,"order":"ascending"},{"name":"released","type":{"type":"int","logicalType":"date"}}],"type":"record","aliases":[]}'
    ].map((text) => parseAvroOrThrow(text))
    const golden =
      '{"type":"record","name":"studio.Movie","fields":[{"name":"rating","type":["null","double"],"default":null},{"name":"released","type":{"type":"int","logicalType":"date"}}]}'
    assert.deepStrictEqual(written.map(schemaText), [golden, golden])
    assert.deepStrictEqual(
      written.map((type) => hex(schemaHash(type))),
      [goldenHash, goldenHash]
    )
  })

  it("differs where only the canonical form is the same", () => {
    const texts = [
      "long",
      { type: "long", logicalType: "timestamp-millis" },
      { type: "long", unit: "m" }
    ].map((json) => schemaText(parseAvroOrThrow(json)))
    assert.strictEqual(new Set(texts).size, 3)
  })

  it("refuses two different types of one name, as no schema could hold them", () => {
    const fixed = (size: number): FixedType => ({
      kind: "fixed",
      name: "F",
      aliases: [],
      size,
      attributes: {}
    })
    assert.throws(
      () => toJson({ kind: "union", branches: [fixed(1), fixed(2)] }),
      "two different types are named"
    )
  })
})
