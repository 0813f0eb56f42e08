import { assert, describe, it } from "vitest"
import { keyOf } from "./input-type.ts"

describe("the fields that an input asks to be keyed by", () => {
  const keyBy = [
    { input: "orders", fields: [{ field: "id" }, { config: "/by" }] },
    { input: "rates", fields: [{ config: "/join/1/on~1with" }] }
  ]

  it("are those of a list that a pointer leads to, as in a plan", () => {
    assert.deepStrictEqual(keyOf({ keyBy }, "orders", { by: ["day", "shop"] }), ["id", "day", "shop"])
    assert.deepStrictEqual(keyOf({ keyBy }, "orders", { by: [] }), ["id"])
  })

  it("are a text that it leads to, through lists and names with a slash", () => {
    assert.deepStrictEqual(keyOf({ keyBy }, "orders", { by: "day" }), ["id", "day"])
    const join = [{}, { "on/with": "currency" }]
    assert.deepStrictEqual(keyOf({ keyBy }, "rates", { join }), ["currency"])
  })

  it("are none where the config does not say them, and none are asked for of another input", () => {
    assert.deepStrictEqual(keyOf({ keyBy }, "orders", {}), ["id"])
    assert.isUndefined(keyOf({ keyBy }, "others", {}))
  })
})
