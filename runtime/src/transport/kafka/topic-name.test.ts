import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { kafkaName, mostChars, ownName } from "./topic-name.ts"

const prefixes = { own: "millrace.", streams: "" }
const internal = (name: string): string => kafkaName({ internal: true, name }, prefixes)

describe("names of topics in Kafka", () => {
  it("leaves a named stream's name to others as it is", () => {
    assert.strictEqual(kafkaName({ internal: false, name: "studio.movies" }, prefixes), "studio.movies")
  })

  it("writes what Kafka does not take as its code", () => {
    assert.strictEqual(internal("movies/rated_1→out"), "millrace.movies_2f.rated_5f.1_2192.out")
  })

  it("gives different topics different names that Kafka takes, however long they are", () => {
    const name = fc.oneof(
      fc.string({ maxLength: 40, unit: "grapheme" }),
      fc
        .tuple(
          fc.constantFrom("a", "/", "_2f."),
          fc.integer({ min: 200, max: 260 }),
          fc.string({ maxLength: 3 })
        )
        .map(([unit, times, end]) => unit.repeat(times) + end)
    )
    fc.assert(
      fc.property(name, name, (one, other) => {
        for (const each of [internal(one), ownName(one, "-changelog", prefixes)]) {
          assert.match(each, /^[a-zA-Z0-9._-]+$/)
          assert.isAtMost(each.length, mostChars)
        }
        assert.strictEqual(internal(one) === internal(other), one === other)
      })
    )
  })
})
