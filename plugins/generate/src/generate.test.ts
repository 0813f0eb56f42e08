import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { randomOf } from "./random.ts"

const template = {
  record: "demo.Visit",
  fields: {
    id: "id",
    user: "CONCAT('u', CAST(CAST(random * 5 AS INT) AS STRING))",
    spent: "CASE WHEN random < 0.5 THEN NULL ELSE random END",
    at: "time"
  },
  key: ["user"],
  every: "10ms",
  records: 3
}

describe("generate", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const some = (config: object, options: object = {}) =>
    sandbox.source({ plugin: "bounded", config: { ...template, limit: 50, ...config }, ...options })

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config, output } = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    const run = await sandbox.source({ plugin: "bounded", config })
    assert.deepEqual(run.values, output)
    assert.isTrue(run.ended)
  })

  it("makes the same records however they are read, in every partition others", async () => {
    const whole = await some({ partitions: 2 })
    assert.deepEqual(whole.partitions, ["0", "1"])
    assert.deepEqual(whole.deadLetters, [])
    assert.lengthOf(whole.records, 100)
    const ids = whole.values.map((value) => Reflect.get(Object(value), "id"))
    assert.deepEqual(
      ids.toSorted((one, other) => one - other),
      Array.from({ length: 100 }, (_, id) => id)
    )
    assert.deepEqual(
      whole.records.slice(0, 4).map(({ timestamp }) => timestamp),
      [0, 0, 0, 10]
    )
    const pieces = await some({ partitions: 2 }, { maxRecords: 7, isFresh: true })
    assert.deepEqual(pieces.records, whole.records)
    const first = await some({ partitions: 2 }, { maxRecords: 7, maxReads: 3 })
    assert.isFalse(first.ended)
    const rest = await some({ partitions: 2 }, { positions: first.positions })
    assert.sameDeepMembers([...first.records, ...rest.records], [...whole.records])
    assert.notDeepEqual((await some({ partitions: 2, seed: 1 })).records, whole.records)
  })

  it("makes nothing where nothing is asked for, and begins when it is told", async () => {
    const nothing = await some({ limit: 0 })
    assert.isTrue(nothing.ended)
    assert.deepEqual(nothing.values, [])
    const begun = await some({ limit: 1, start: "2026-01-01T00:00:00Z" })
    assert.deepEqual(
      begun.records.map(({ timestamp }) => timestamp),
      [Date.UTC(2026, 0, 1)]
    )
  })

  it("keeps to the clock, and makes up for what was due", async () => {
    const config = { ...template, fields: { n: "n", at: "time" }, key: [] }
    const begun = await sandbox.source({ plugin: "endless", config, now: 1_000 })
    assert.isFalse(begun.ended)
    assert.deepEqual(
      begun.records.map(({ timestamp }) => timestamp),
      [1_000, 1_000, 1_000]
    )
    const later = await sandbox.source({
      plugin: "endless",
      config,
      now: 1_039,
      positions: begun.positions,
      maxRecords: 4
    })
    assert.deepEqual(
      later.values.map((value) => Reflect.get(Object(value), "n")),
      [3, 4, 5, 6, 7, 8, 9, 10, 11]
    )
    assert.equal(later.records.at(-1)?.timestamp, 1_030)
    const back = await sandbox.source({ plugin: "endless", config, now: 500, positions: later.positions })
    assert.deepEqual(back.values, [])
    assert.deepEqual(back.positions, later.positions)
  })

  it("makes a dead letter of a record whose template fails", async () => {
    const run = await some({ fields: { part: "10 / (n - 1)" }, key: [], limit: 3 })
    assert.lengthOf(run.values, 2)
    assert.lengthOf(run.deadLetters, 1)
    assert.match(run.deadLetters[0]?.message ?? "", /EXPRESSION_DIVISION_BY_ZERO/)
  })

  it("is refused for a template that is none", async () => {
    assert.match(await refusal(some({ fields: {} })), /config\/fields/)
    assert.match(await refusal(some({ fields: { a: "rating" } })), /rating/)
    assert.match(await refusal(some({ every: "0ms" })), /config\/every/)
    assert.match(await refusal(some({ partitions: 5_000 })), /config\/partitions/)
    assert.match(await refusal(some({ key: ["nobody"] })), /config\/key\/0/)
    assert.match(await refusal(some({ start: "yesterday" })), /config\/start/)
  })

  it("draws evenly", () => {
    const bins = Array.from({ length: 10 }, () => 0)
    for (let n = 0; n < 20_000; n++) bins[Math.floor(randomOf(7, 0, n, 1) * 10)]! += 1
    for (const bin of bins) assert.approximately(bin, 2_000, 200)
    const drawn = new Set([
      randomOf(1, 0, 0, 0),
      randomOf(0, 1, 0, 0),
      randomOf(0, 0, 1, 0),
      randomOf(0, 0, 0, 1)
    ])
    assert.equal(drawn.size, 4)
  })
})

const refusal = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
    return "it was not refused"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
