import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { parseDatePattern, parseIso } from "./date-pattern.ts"

const parse = (pattern: string, text: string): number | undefined => {
  const parsed = parseDatePattern(pattern)
  assert.isTrue("ok" in parsed, pattern)
  return "ok" in parsed ? parsed.ok(text) : undefined
}

describe("a date pattern", () => {
  it("reads what it describes", () => {
    assert.equal(parse("MMM dd yyyy", "Jun 12 1998"), Date.UTC(1998, 5, 12))
    assert.equal(parse("d. MMMM yyyy", "1. september 2020"), Date.UTC(2020, 8, 1))
    assert.equal(parse("yyyy/M/d H:mm", "2020/2/29 7:05"), Date.UTC(2020, 1, 29, 7, 5))
    assert.equal(parse("yyyyMMdd'T'HHmmss.SSS", "20200131T235959.001"), Date.UTC(2020, 0, 31, 23, 59, 59, 1))
    assert.equal(parse("yyyy", "0098"), new Date("0098-01-01T00:00:00Z").getTime())
  })

  it("refuses days and hours that there are not", () => {
    assert.isUndefined(parse("yyyy-MM-dd", "2021-02-29"))
    assert.isUndefined(parse("yyyy-MM-dd", "2021-13-01"))
    assert.isUndefined(parse("MMM dd yyyy", "Foo 12 1998"))
    assert.isUndefined(parse("yyyy-MM-dd HH:mm", "2021-01-01 24:00"))
    assert.isUndefined(parse("MMM dd yyyy", "Jun 12 1998 "))
  })

  it("says what is wrong with a pattern, and takes no pattern for an expression", () => {
    assert.deepEqual(parseDatePattern("dd MM"), { error: "it has no year: yyyy" })
    assert.deepEqual(parseDatePattern("yyyy 'x"), { error: "a quote is not closed" })
    assert.isUndefined(parse("yyyy.*", "2020-01"))
    assert.equal(parse("yyyy.*", "2020.*"), Date.UTC(2020, 0, 1))
  })
})

describe("ISO 8601", () => {
  it("reads back every instant to the millisecond", () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_000_000_000_000, max: 200_000_000_000_000 }), (time) => {
        assert.equal(parseIso(new Date(time).toISOString()), time)
      }),
      { numRuns: 500 }
    )
  })

  it("knows zones, and takes a time without one for UTC", () => {
    assert.equal(parseIso("2020-01-31 12:00"), Date.UTC(2020, 0, 31, 12))
    assert.equal(parseIso("2020-01-31T12:00:00.25+05:30"), Date.UTC(2020, 0, 31, 6, 30, 0, 250))
    assert.isUndefined(parseIso("2020-01-31T25:00"))
    assert.isUndefined(parseIso("31.1.2020"))
  })
})
