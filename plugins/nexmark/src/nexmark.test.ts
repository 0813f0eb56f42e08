import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const config = { events: 1_000, eventsPerSecond: 100_000 }
const fieldOf = (values: readonly unknown[], field: string): readonly unknown[] =>
  values.map((value) => Reflect.get(Object(value), field))

describe("nexmark", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const read = (plugin: string, more: object = {}, options: object = {}) =>
    sandbox.source({ plugin, config: { ...config, ...more }, ...options })

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const example = /```json\n([^`]*)```/.exec(readme)?.[1] ?? ""
    const { plugin, config: shown, output } = JSON.parse(example)
    const run = await sandbox.source({ plugin, config: shown })
    assert.deepEqual(run.values, output)
    assert.isTrue(run.ended)
  })

  it("gives persons, auctions and bids by themselves as they are among all", async () => {
    const all = await read("events")
    assert.lengthOf(all.records, 1_000)
    assert.deepEqual(all.deadLetters, [])
    for (const [type, kind] of ["person", "auction", "bid"].entries()) {
      const alone = await read(`${kind}s`)
      const among = all.records.filter(({ value }) => Reflect.get(Object(value), "event_type") === type)
      assert.deepEqual(
        alone.values,
        fieldOf(
          among.map(({ value }) => value),
          kind
        )
      )
      assert.deepEqual(
        alone.records.map(({ timestamp }) => timestamp),
        fieldOf(alone.values, "dateTime")
      )
      assert.isTrue(alone.records.every(({ key }) => key !== null))
    }
  })

  it("gives the same however it is read, parted and begun again", async () => {
    const whole = await read("bids")
    const sorted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).toSorted()
    for (const [partitions, maxRecords] of [
      [1, 200],
      [3, 7],
      [30, 100]
    ]) {
      const parted = await read("bids", { partitions }, { maxRecords, isFresh: partitions === 1 })
      assert.lengthOf(parted.partitions, partitions ?? 0)
      assert.isTrue(parted.ended)
      assert.deepEqual(sorted(parted.values), sorted(whole.values))
    }
    const begun = await read("bids", { partitions: 2, batch: 3 }, { maxReads: 5 })
    assert.lengthOf(begun.values, 30)
    const rest = await read("bids", { partitions: 2, batch: 3 }, { positions: begun.positions })
    assert.deepEqual(sorted([...begun.values, ...rest.values]), sorted(whole.values))
  })

  it("keeps to the clock when it has a pace, and makes up for what was due", async () => {
    const atPace = { pace: 100, endless: true }
    const first = await read("events", atPace, { now: 5_000 })
    assert.isFalse(first.ended)
    assert.lengthOf(first.values, 1)
    const later = await read("events", atPace, { now: 5_995, positions: first.positions })
    assert.lengthOf(later.values, 99)
    // Their event time goes its own way: 100,000 a second.
    assert.equal(later.records.at(-1)?.timestamp, Date.UTC(2015, 6, 15))
    const none = await read("persons", atPace, { now: 4_000, positions: first.positions })
    assert.lengthOf(none.values, 0)
  })

  it("begins when it is told, and makes nothing where nothing is asked for", async () => {
    const start = "2026-01-01T00:00:00Z"
    const { records } = await read("events", { start, events: 1 })
    assert.deepEqual(
      records.map(({ timestamp }) => timestamp),
      [Date.UTC(2026, 0, 1)]
    )
    assert.deepEqual((await read("events", { events: 0, partitions: 2 })).values, [])
    // None of the first 50 events of a partition of many is there.
    assert.isTrue((await read("persons", { events: 40, partitions: 3 })).ended)
  })

  it("is refused what makes no sense, with the place", async () => {
    assert.match(await refusal(read("bids", { partitions: 0 })), /at \["config"\]\["partitions"\]|partitions/)
    assert.match(
      await refusal(read("bids", { eventsPerSecond: 0 })),
      /at \["config"\]\["eventsPerSecond"\]|eventsPerSecond/
    )
    assert.match(await refusal(read("bids", { start: "yesterday" })), /at \["config"\]\["start"\]|start/)
    assert.match(
      await refusal(read("bids", { outOfOrderGroup: 1.5 })),
      /at \["config"\]\["outOfOrderGroup"\]|outOfOrderGroup/
    )
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
