import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, describe, it } from "vitest"
import { compareLines } from "../../examples/compare-lines.ts"
import { deriveExpected, expectedFile } from "../../examples/movies/expected/derive.ts"
import { prepareMovies } from "../../examples/movies/prepare.ts"

const movies = join(import.meta.dirname, "../../examples/movies")

describe("what the movies example must give", () => {
  let derived: { readonly [name: string]: string } = {}
  beforeAll(async () => {
    prepareMovies()
    derived = await deriveExpected(join(movies, "data/movies.json"), join(movies, "ratings.csv"))
  })

  it("is what DuckDB derives from the data, byte for byte", () => {
    assert.deepEqual(Object.keys(derived).toSorted(), ["directors", "films", "prolific"])
    for (const [name, text] of Object.entries(derived)) {
      assert.equal(readFileSync(expectedFile(name), "utf8"), text, name)
    }
  })

  it("has the films and directors that are known to be in it", () => {
    const lines = (name: string) => (derived[name] ?? "").trimEnd().split("\n")
    assert.lengthOf(lines("films"), 949)
    assert.lengthOf(lines("directors"), 949)
    assert.lengthOf(lines("prolific"), 90)
  })
})

describe("the comparison of outputs", () => {
  it("does not mind the order of records and of their fields", () => {
    const compared = compareLines(
      '{"a":1,"b":[1,2]}\n{"a":2,"b":null}\n',
      '{"b":null,"a":2}\n{"b":[1,2],"a":1}\n'
    )
    assert.deepEqual(compared, { records: 2, equal: true, missing: [], surplus: [] })
  })

  it("notices what is missing, repeated or different", () => {
    assert.isFalse(compareLines('{"a":1}\n', '{"a":1}\n{"a":1}\n').equal)
    assert.deepEqual(compareLines('{"a":1}\n{"a":1}\n', '{"a":1}\n').surplus, ['{"a":1}'])
    assert.deepEqual(compareLines('{"a":[2,1]}\n', '{"a":[1,2]}\n').missing, ['{"a":[1,2]}'])
    assert.isFalse(compareLines('{"a":1}\n', '{"a":"1"}\n').equal)
    assert.isFalse(compareLines("", '{"a":1}\n').equal)
  })
})
