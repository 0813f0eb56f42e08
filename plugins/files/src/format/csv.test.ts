import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import type { Piece } from "./cut.ts"
import { cutCsv, splitRecord } from "./csv.ts"

const values = fc.array(fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "é") }), {
  minLength: 2,
  maxLength: 4
})
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** Everything in a text, cut from pieces of `size` bytes. */
const cutAll = (text: string, size: number, maxRecords: number): readonly unknown[] => {
  const bytes = new TextEncoder().encode(text)
  const found: unknown[] = []
  let position: Piece["position"] = { offset: 0, place: 1 }
  for (;;) {
    const end = Math.min(bytes.length, position.offset + size)
    const piece = {
      bytes: bytes.subarray(position.offset, end),
      position,
      isLast: end === bytes.length,
      maxRecords
    }
    const cut = cutCsv(piece)
    found.push(...cut.items.map((item) => ("value" in item ? item.value : item.reason)))
    if (cut.isDone) return found
    assert.isAbove(cut.position.offset, position.offset, "no progress")
    position = cut.position
  }
}

describe("CSV", () => {
  it("splits what was joined by RFC 4180", () => {
    fc.assert(
      fc.property(values, (given) => {
        assert.deepEqual(splitRecord(given.map(quoted).join(",")), given)
      }),
      { numRuns: 300 }
    )
  })

  it("cuts the same records whatever pieces it is given in", () => {
    const rows = fc.array(
      fc.tuple(
        values.map(([first = ""]) => first),
        values.map(([first = ""]) => first)
      ),
      { maxLength: 8 }
    )
    fc.assert(
      fc.property(
        rows,
        fc.integer({ min: 100, max: 200 }),
        fc.integer({ min: 1, max: 5 }),
        (given, size, most) => {
          const text = `x,y\r\n${given.map((row) => `${row.map(quoted).join(",")}\r\n`).join("")}`
          const expected = given.map(([x, y]) => ({ x, y }))
          const found = cutAll(text, size, most).map((value) => ({ ...Object(value) }))
          assert.deepEqual(found, expected)
        }
      ),
      { numRuns: 300 }
    )
  })

  it("tells an empty value from an empty text", () => {
    assert.deepEqual(splitRecord(',"",a,'), [null, "", "a", null])
  })

  it("lets a stray quote spoil its own record alone", () => {
    assert.deepEqual(
      cutAll('x\na"b\n"c"\n"d"e\nf\n', 1_000, 10).map((value) =>
        typeof value === "string" ? "rejected" : value
      ),
      [
        "rejected",
        Object.assign(Object.create(null), { x: "c" }),
        "rejected",
        Object.assign(Object.create(null), { x: "f" })
      ]
    )
  })
})
