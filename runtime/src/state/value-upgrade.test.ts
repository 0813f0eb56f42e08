import { assert, describe, it } from "vitest"
import { canResolve, schemasFrom, valueUpgrade } from "./value-upgrade.ts"

const record = (...fields: readonly string[]) =>
  `{"type":"record","name":"R","fields":[${fields.map((field) => `{"name":${field}}`).join(",")}]}`

describe("a value that is read by a later schema", () => {
  it("goes step by step through those that came between", () => {
    const schemas = [
      record('"a","type":"int"', '"b","type":"int"'),
      record('"a","type":"int"'),
      record('"a","type":"long"', '"b","type":"int","default":7')
    ]
    // a = 1, b = 2: what the second schema has not is gone, whether or not the value was written again under it.
    assert.deepStrictEqual([...valueUpgrade(schemas)(Uint8Array.of(2, 4))], [2, 14])
    assert.deepStrictEqual([...valueUpgrade(schemas.slice(2))(Uint8Array.of(2, 4))], [2, 4])
  })

  it("is refused where only some values could be read", () => {
    assert.isTrue(canResolve('"int"', '["null","long"]'))
    assert.isFalse(canResolve('["null","int"]', '"int"'))
    assert.isFalse(
      canResolve(
        '{"type":"enum","name":"E","symbols":["A","B"]}',
        '{"type":"enum","name":"E","symbols":["A"]}'
      )
    )
  })

  it("begins at the last time that its schema was in force", () => {
    assert.deepStrictEqual(schemasFrom([1, 2, 1, 3], 1), [1, 3])
    assert.deepStrictEqual(schemasFrom([1, 2, 1, 3], 2), [2, 1, 3])
    assert.deepStrictEqual(schemasFrom([1, 2], 9), [])
  })

  it("throws for bytes that are no such value", () => {
    assert.throws(() => valueUpgrade(['"int"', '"long"'])(Uint8Array.of(0x80)))
  })
})
