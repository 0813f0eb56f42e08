import { sha256 } from "@noble/hashes/sha2.js"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { decodeTimer, encodeTimer, timerTimeKey } from "./timer.ts"

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
const timers = fc.record({
  time: fc.maxSafeInteger(),
  key: fc.option(bytes(600)),
  tag: bytes(40)
})
const compare = (left: Uint8Array, right: Uint8Array) => Buffer.compare(left, right)

describe("a timer's entry", () => {
  it("gives the timer back, however long its key", () => {
    fc.assert(
      fc.property(timers, (timer) => {
        const { mapKey, value } = encodeTimer(timer, sha256)
        assert.deepStrictEqual(decodeTimer(mapKey, value), timer)
        assert.isAtMost(mapKey.length, 249)
      })
    )
  })

  it("lies in the order of time", () => {
    fc.assert(
      fc.property(timers, timers, (left, right) => {
        fc.pre(left.time !== right.time)
        const order = compare(encodeTimer(left, sha256).mapKey, encodeTimer(right, sha256).mapKey)
        assert.strictEqual(order < 0, left.time < right.time)
      })
    )
  })

  it("differs where time, key or tag differ", () => {
    fc.assert(
      fc.property(timers, timers, (left, right) => {
        const isSame = compare(encodeTimer(left, sha256).mapKey, encodeTimer(right, sha256).mapKey) === 0
        assert.strictEqual(
          isSame,
          left.time === right.time &&
            compare(left.tag, right.tag) === 0 &&
            (left.key === null
              ? right.key === null
              : right.key !== null && compare(left.key, right.key) === 0)
        )
      })
    )
  })

  it("has these bytes", () => {
    const { mapKey, value } = encodeTimer(
      { time: 1000, key: Uint8Array.of(7, 8), tag: Uint8Array.of(97) },
      sha256
    )
    assert.strictEqual(Buffer.from(mapKey).toString("hex"), "80000000000003e8" + "00" + "03" + "0708" + "61")
    assert.strictEqual(value.length, 0)
    assert.strictEqual(Buffer.from(timerTimeKey(-1)).toString("hex"), "7fffffffffffffff")
  })

  it("refuses bytes that are no timer", () => {
    for (const hex of [
      "",
      "8000000000000000",
      "8000000000000000" + "00",
      "8000000000000000" + "00" + "05" + "01"
    ])
      assert.throws(() => decodeTimer(new Uint8Array(Buffer.from(hex, "hex")), new Uint8Array()))
  })
})
