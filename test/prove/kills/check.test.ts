import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { check } from "./check.ts"
import { expectedOf } from "./expected.ts"
import type { Counted } from "./expected.ts"
import type { LogContent } from "./read-log.ts"

const expected = expectedOf(5, 3)
const perfect: readonly Counted[] = [...expected.counted.values()].flat()
const letters: readonly string[] = [...expected.dead]

/** What a run may have left; by default what it must. */
interface Left {
  readonly stream?: readonly Counted[]
  readonly files?: readonly Counted[]
  readonly dead?: readonly string[]
  readonly state?: ReadonlyMap<number, unknown>
}

let out = ""
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "millrace-check-"))
})
afterEach(() => rmSync(out, { recursive: true, force: true }))

function faultsOf({ dead = letters, files = perfect, state = stateOf(), stream = perfect }: Left) {
  mkdirSync(out, { recursive: true })
  writeFileSync(
    join(out, "part-00000-000000.ndjson"),
    files.map((record) => `${JSON.stringify(record)}\n`).join("")
  )
  return check(contentOf(stream, dead, state), out, expected).faults
}

function contentOf(
  stream: readonly Counted[],
  dead: readonly string[],
  state: ReadonlyMap<number, unknown>
): LogContent {
  const logged = (values: readonly unknown[]) =>
    values.map((value, offset) => ({ partition: 0, offset, value }))
  return {
    topics: new Map([
      ["load.counts", logged([...stream, undefined])],
      ["load.dead-letters", logged(dead.map(letterOf))]
    ]),
    state: () => state,
    valuesOf: (frame) => [JSON.parse(Buffer.from(frame).toString("utf8"))],
    faults: []
  }
}

function letterOf(text: string): unknown {
  const [node = "", place = ""] = text.split(" ")
  const [key, seq] = place.split(":").map(Number)
  return node === "load"
    ? { node, frame: null, raw: place }
    : { node, frame: new Uint8Array(Buffer.from(JSON.stringify({ key, seq }))), raw: null }
}

function stateOf(): Map<number, unknown> {
  return new Map(
    [...expected.counted].map(([key, own]) => {
      const { count = 0, trail = 0 } = own.at(-1) ?? {}
      return [key, { count, trail, recent: "" }]
    })
  )
}

const without = (at: number): readonly Counted[] => perfect.filter((_, index) => index !== at)

describe("check", () => {
  it("finds nothing in what a run must leave", () => {
    assert.deepStrictEqual(faultsOf({}), [])
  })

  it("has poison of every kind in the load", () => {
    assert.deepStrictEqual([...new Set(letters.map((letter) => letter.split(" ")[0]))].sort(), [
      "count",
      "guard",
      "load"
    ])
  })

  it("finds a record that is lost in the stream, and one in the files", () => {
    assert.match(faultsOf({ stream: without(7) }).join(), /stream: key 2 has 2 records of 3/)
    assert.match(faultsOf({ files: without(7) }).join(), /files: key 2 has 2 records of 3/)
  })

  it("finds a batch that is there twice", () => {
    const repeated = [...perfect.slice(0, 40), ...perfect.slice(30)]
    assert.match(faultsOf({ stream: repeated }).join(), /stream: key 10 has/)
    assert.match(faultsOf({ files: repeated }).join(), /files: key 10 has/)
  })

  it("finds two records of a key that changed places", () => {
    const swapped = [...perfect]
    const [first, second] = swapped.splice(3, 2)
    if (first !== undefined && second !== undefined) swapped.splice(3, 0, second, first)
    assert.match(faultsOf({ stream: swapped }).join(), /stream: key 1 has 3 records of 3; at 0/)
  })

  it("finds state that a record was counted into twice, and state that is not there", () => {
    const state = stateOf()
    state.set(4, { count: 4, trail: 1, recent: "" })
    state.delete(9)
    const faults = faultsOf({ state }).join()
    assert.match(faults, /state: key 4 is/)
    assert.match(faults, /state: key 9 is undefined/)
  })

  it("finds dead letters that are lost, repeated, or of a record that did not fail", () => {
    assert.match(faultsOf({ dead: letters.slice(1) }).join(), /is lost/)
    assert.match(faultsOf({ dead: [...letters, ...letters.slice(0, 1)] }).join(), /is there twice/)
    assert.match(faultsOf({ dead: [...letters, "guard 1:99"] }).join(), /did not fail/)
  })

  it("finds a file that was left unfinished", () => {
    writeFileSync(join(out, ".part-00001-000000.ndjson.inprogress"), "")
    assert.match(faultsOf({}).join(), /was left unfinished/)
  })

  it("gives equal effects one digest, and others another", () => {
    const digestOf = (dead: readonly string[]) =>
      check(contentOf(perfect, dead, stateOf()), out, expected).digest
    assert.strictEqual(digestOf(letters), digestOf([...letters].reverse()))
    assert.notStrictEqual(digestOf(letters), digestOf(letters.slice(1)))
  })
})
