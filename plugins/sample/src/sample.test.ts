import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { hashOf } from "./hash.ts"

const visit = {
  type: "record",
  name: "site.Visit",
  fields: [
    { name: "user", type: ["null", "string"] },
    { name: "page", type: "long" }
  ]
}
const visits = Array.from({ length: 2_000 }, (_, page) => ({
  user: page % 7 === 0 ? null : `u${page % 250}`,
  page
}))

describe("sample", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const kept = async (config: object, values: readonly unknown[] = visits, batchSize = 2_000) => {
    const run = await sandbox.processor({ config, input: { schema: visit, values }, batchSize })
    assert.deepEqual(run.deadLetters, [])
    return run.values
  }

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config, schema, input, output } = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    const run = await sandbox.processor({ config, input: { schema, values: input } })
    assert.deepEqual(run.values, output)
  })

  it("keeps all records of a key or none, about as many as asked, however batches are cut", async () => {
    const config = { share: 0.25, by: ["user"] }
    const some = await kept(config)
    const users = new Set(some.map((value) => Reflect.get(Object(value), "user")))
    assert.deepEqual(
      some,
      visits.filter(({ user }) => users.has(user))
    )
    assert.isAbove(users.size, 35)
    assert.isBelow(users.size, 85)
    assert.deepEqual(await kept(config, visits, 333), some)
    assert.notDeepEqual(await kept({ ...config, seed: 1 }), some)
  })

  it("keeps a share of records by themselves, the same ones however batches are cut", async () => {
    const some = await kept({ share: 0.1 })
    assert.isAbove(some.length, 140)
    assert.isBelow(some.length, 260)
    assert.deepEqual(await kept({ share: 0.1 }, visits, 777), some)
  })

  it("keeps all, or none, and lets deletes pass", async () => {
    assert.deepEqual(await kept({ share: 1 }), visits)
    assert.deepEqual(await kept({ share: 0, by: ["page"] }, [...visits.slice(0, 5), null]), [null])
  })

  it("is refused for a share that is none, and for an unknown field", async () => {
    assert.match(await refusal(kept({ share: 1.5 })), /config\/share/)
    assert.match(await refusal(kept({ share: 0.5, by: [] })), /config\/by/)
    assert.match(await refusal(kept({ share: 0.5, by: ["usr"] })), /config\/by\/0: there is no field usr/)
  })

  it("hashes evenly, and tells values of different types apart", () => {
    const bins = Array.from({ length: 10 }, () => 0)
    for (let at = 0; at < 20_000; at++) bins[Math.floor(hashOf([at], 0) * 10)]! += 1
    for (const bin of bins) assert.approximately(bin, 2_000, 200)
    const values: readonly unknown[] = [
      "1",
      1,
      null,
      "null",
      true,
      "true",
      new Uint8Array([1]),
      [1],
      [[1]],
      ["a;b"],
      ["a", "b"]
    ]
    assert.equal(new Set(values.map((value) => hashOf([value], 0))).size, values.length)
    assert.equal(hashOf([0], 0), hashOf([-0], 0))
    assert.equal(hashOf([1n], 0), hashOf([1], 0))
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
