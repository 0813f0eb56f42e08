import { parseAvroOrThrow, type RecordType } from "@millrace/sdk/avro"
import { assert, describe, it } from "vitest"
import { changeLines, contractChanges } from "./change-meaning.ts"

const record = (...fields: readonly object[]): RecordType => {
  const type = parseAvroOrThrow({ type: "record", name: "Movie", fields })
  if (type.kind !== "record") throw new Error("no record")
  return type
}

const meanings = (before: readonly object[], after: readonly object[]) =>
  contractChanges(record(...before), record(...after)).map(({ meaning, path }) => `${path}: ${meaning}`)

const title = { name: "title", type: "string" }

describe("what a change of a contract means", () => {
  it.each<readonly [string, readonly object[], readonly object[], RegExp]>([
    ["a new field", [title], [title, { name: "year", type: "int" }], /can read year.*must have it/],
    ["a field that went", [title, { name: "year", type: "int" }], [title], /no longer compiles: take it out/],
    [
      "a field that was renamed",
      [title],
      [{ name: "name", type: "string", aliases: ["title"] }],
      /call it name/
    ],
    ["null where there was none", [title], [{ name: "title", type: ["null", "string"] }], /can be null now/],
    ["another type", [title], [{ name: "title", type: "bytes" }], /as string may no longer compile/],
    [
      "another branch",
      [{ name: "a", type: ["null", "string"] }],
      [{ name: "a", type: ["null", "string", "int"] }],
      /can be int now/
    ],
    ["a doc", [title], [{ ...title, doc: "x" }], /nothing changes in your code/],
    ["a default", [title], [{ ...title, default: "" }], /filled in for title/],
    ["a mask", [title], [{ ...title, "millrace.sensitive": true }], /a mask of it/]
  ])("is said of %s", (_, before, after, expected) => {
    const [first = "", ...others] = meanings(before, after)
    assert.match(first, expected)
    assert.isTrue(others.every((other) => other.endsWith("nothing changes in your code")))
  })

  it("is a line below the difference", () => {
    const changes = contractChanges(record(title), record({ name: "title", type: ["null", "string"] }))
    assert.deepStrictEqual(changeLines(changes), [
      "  ~ title: type string -> [null, string]",
      "      title can be null now: code that does not expect it no longer compiles"
    ])
  })
})
