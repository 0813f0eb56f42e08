import { assert, describe, it } from "vitest"
import { enrich, type EnrichmentOptions, expected, outcomeOf } from "./run-enrichment.ts"
import { killsTimeoutMs, type Victim } from "./killed-platform.ts"

// An API that fails, and processes that are killed while it is asked: every record comes out once, with what the API knows.
// MILLRACE_SEED=7 for another course of events.

const seed = Number(process.env["MILLRACE_SEED"] ?? 3)
const kills: ReadonlyMap<number, Victim> = new Map([
  [4, "sandbox"],
  [15, "platform"],
  [31, "sandbox"],
  [50, "platform"]
])
const base: EnrichmentOptions = { seed, records: 300, films: 25, config: {}, share: 0, kills: new Map() }
const rest = { path: "/films/{film}", adds: { rating: "double" } }
const graphql = {
  path: "/graphql",
  adds: { rating: "double" },
  graphql: { field: "film(id: $id) { rating }", variables: { id: { type: "ID!", from: "film" } }, max: 6 }
}
// More attempts than one question fails.
const patience = { timeoutMs: 300, retry: { attempts: 10, backoffMs: 2 } }

describe(`http-enrich whose API fails (MILLRACE_SEED=${seed})`, { timeout: killsTimeoutMs }, () => {
  it("asks a question once for each batch, however many records have it", async () => {
    const options = { ...base, records: 120, config: rest }
    const found = await enrich(options)
    assert.deepEqual(found.asked.flat().toSorted(), [...new Set(found.asked.flat())].toSorted())
    assert.lengthOf(found.asked, 25)
    assert.deepEqual(outcomeOf(found), expected(options, "fail"))
  })

  it("fails only the records that an error of a GraphQL reply is of, or gives null for them", async () => {
    const options = { ...base, records: 120, config: graphql }
    const found = await enrich(options)
    assert.lengthOf(found.asked, 5)
    assert.lengthOf(new Set(found.asked.flat()), 25)
    assert.deepEqual(outcomeOf(found), expected(options, "fail"))
    for (const { message } of found.dead)
      assert.match(message, /^the API answered an error at r\d: no rating$/)
    const lenient = await enrich({ ...options, config: { ...graphql, onError: "null" } })
    assert.deepEqual(outcomeOf(lenient), expected(options, "null"))
  })

  it("gives every record once through failures and kills, asked one by one", async () => {
    const options = { ...base, share: 0.3, config: { ...rest, ...patience }, kills }
    const found = await enrich(options)
    assert.deepEqual(outcomeOf(found), expected(options, "fail"))
    assert.strictEqual(found.killed, 4)
  })

  it("gives every record once through failures and kills, asked by GraphQL", async () => {
    const options = { ...base, share: 0.3, config: { ...graphql, ...patience }, kills }
    const found = await enrich(options)
    assert.deepEqual(outcomeOf(found), expected(options, "fail"))
    assert.isAtLeast(found.killed, 2)
  })
})
