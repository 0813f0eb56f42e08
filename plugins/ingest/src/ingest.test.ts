import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const fields = [
  { name: "id", type: "string" },
  { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
  { name: "user", type: "string" }
]
const config = {
  schema: { type: "record", name: "shop.Event", fields },
  key: ["user"],
  eventId: "id",
  eventTime: "at"
}
const event = (id: string, at: number) => ({ id, value: { id, at, user: "anna" }, receivedAt: at + 5 })

describe("ingest", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const refusal = async (changed: object): Promise<string> => {
    try {
      await sandbox.source({ config: { ...config, ...changed } })
      return "it was not refused"
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config: given, output, posted } = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    const run = await sandbox.source({ config: given, inbox: { inbox: posted } })
    assert.deepEqual(run.values, output)
    assert.isFalse(run.ended)
  })

  it("makes a record of each event, at its event time, and goes on where it stopped", async () => {
    const posted = [event("a", 1_000), event("b", 900), event("c", 2_000)]
    const begun = await sandbox.source({ config, inbox: { inbox: posted }, maxRecords: 2, maxReads: 1 })
    assert.deepEqual(
      begun.records.map(({ timestamp, value }) => [timestamp, value]),
      [
        [1_000, { id: "a", at: 1_000, user: "anna" }],
        [900, { id: "b", at: 900, user: "anna" }]
      ]
    )
    const rest = await sandbox.source({ config, inbox: { inbox: posted }, positions: begun.positions })
    assert.deepEqual(rest.values, [{ id: "c", at: 2_000, user: "anna" }])
    const again = await sandbox.source({ config, inbox: { inbox: posted }, positions: rest.positions })
    assert.deepEqual(again.values, [])
    assert.isFalse(again.ended)
  })

  it("takes the time when it came where no field has one, and microseconds as they are meant", async () => {
    const { eventTime: _, ...plain } = config
    const received = await sandbox.source({ config: plain, inbox: { inbox: [event("a", 1_000)] } })
    assert.deepEqual(
      received.records.map(({ timestamp }) => timestamp),
      [1_005]
    )
    const micros = { ...fields[1], type: { type: "long", logicalType: "timestamp-micros" } }
    const schema = { ...config.schema, fields: [fields[0], micros, fields[2]] }
    const fine = await sandbox.source({
      config: { ...config, schema },
      inbox: { inbox: [event("a", 1_234_567)] }
    })
    assert.deepEqual(
      fine.records.map(({ timestamp }) => timestamp),
      [1_234]
    )
  })

  it("is refused for a config that does not fit together", async () => {
    assert.match(await refusal({ schema: { type: "record" } }), /config\/schema/)
    assert.match(await refusal({ schema: "string" }), /config\/schema: an event is a record/)
    assert.match(await refusal({ eventId: "nobody" }), /config\/eventId: there is no field nobody/)
    assert.match(await refusal({ eventId: "at" }), /config\/eventId: at is no string/)
    assert.match(await refusal({ eventTime: "user" }), /config\/eventTime/)
    assert.match(await refusal({ key: ["nobody"] }), /config\/key\/0/)
    assert.match(await refusal({ retention: "0s" }), /config\/retention/)
    assert.match(await refusal({ backlog: 0 }), /config\/backlog/)
    assert.match(await refusal({ origins: ["*"] }), /config\/origins\/0: this is no origin/)
    assert.match(await refusal({ origins: ["https://shop.example/path"] }), /config\/origins\/0/)
  })
})
