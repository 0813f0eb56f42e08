import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { assertSetAside, deadLettersOf, pipelineOf } from "./misbehaving.ts"
import { apply, at, idsOn, orderIds, untilState } from "./pipelines.ts"
import { ordersFolder, temporaryFolder, up } from "./program.ts"
import type { Platform } from "./program.ts"

const folder = temporaryFolder()
let platform: Platform

beforeAll(async () => {
  platform = await up({ data: folder.path, publish: [ordersFolder] })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

describe("a plugin that misbehaves", () => {
  it.each([
    ["fails", "PLUGIN_FAILED", "OutOfStock", /o7 is sold out/],
    ["throws", "PLUGIN_FAILED", null, /o7 is not to my liking/],
    ["grows", "MEMORY_EXCEEDED", null, /memory|heap/]
  ] as const)(
    "%s on a record: that record alone is set aside, with why and where",
    (plugin, code, tag, message) => assertSetAside(platform, { plugin, code, tag, message })
  )

  it("stops where the policy is fail, says at which record, and goes on there once it is mended", async () => {
    const bad = pipelineOf("strict", "throws", ", with: { ids: [o7] }, onError: fail")
    await apply(platform, bad)
    const failed = await untilState(platform, "strict", ["failed"])
    const error = failed.tasks.find((task) => task.error !== undefined)?.error
    assert.deepInclude(error, { code: "PLUGIN_FAILED", node: "node" })
    assert.match(error?.message ?? "", /o7 is not to my liking \(record .*@7\)/)
    await apply(platform, pipelineOf("strict", "throws", ", with: { ids: [] }, onError: fail"))
    await untilState(platform, "strict")
    assert.deepStrictEqual(await idsOn(platform, "strict.out"), orderIds(40))
  })

  it("is paused when more fail than the error budget allows, and nothing is lost", async () => {
    const ids = orderIds(60).join(", ")
    await apply(platform, pipelineOf("budget", "throws", `, with: { ids: [${ids}] }`, "count: 3000"))
    const paused = await untilState(platform, "budget", ["degraded", "completed"])
    const out = await idsOn(platform, "budget.out")
    const dead = (await deadLettersOf(platform, "budget")).length
    const handled = paused.nodes.find(({ node }) => node === "node")?.totals.in ?? 0
    assert.strictEqual(paused.state, "degraded")
    assert.strictEqual(dead, 60)
    assert.strictEqual(out.length + dead, handled)
  })
})

describe("a record that does not fit", () => {
  it("becomes a dead letter of the reader whose check refuses it", async () => {
    await apply(platform, pipelineOf("too-large", "small", "", "count: 103"))
    const status = await untilState(platform, "too-large")
    assert.strictEqual(status.deadLetters, 2)
    assert.deepStrictEqual(await idsOn(platform, "too-large.out"), orderIds(101))
    const letters = await deadLettersOf(platform, "too-large")
    assert.deepStrictEqual(
      letters.map(({ code, offset }) => [code, offset]),
      [
        ["RECORD_INVALID", "101"],
        ["RECORD_INVALID", "102"]
      ]
    )
    assert.match(letters[0].message, /amount/)
  })

  it("becomes a dead letter of the source whose contract it breaks, and its neighbours come through", async () => {
    await apply(platform, pipelineOf("broken", "passes", "", "count: 20, broken: [o3]"))
    await untilState(platform, "broken")
    assert.deepStrictEqual(await idsOn(platform, "broken.out"), orderIds(20, ["o3"]))
    const letters = await deadLettersOf(platform, "broken")
    assert.strictEqual(letters.length, 1)
    assert.deepInclude(letters[0], { node: "source", code: "RECORD_INVALID" })
    assert.match(letters[0].message, /amount/)
  })

  it("can be put back in, and is told to be so", async () => {
    const pipeline = "throws-again"
    await apply(platform, pipelineOf(pipeline, "throws", ", with: { ids: [o5] }"))
    await untilState(platform, pipeline)
    const answer = await platform.send("POST", `/api/status/${pipeline}/dead-letters/replay`, {})
    assert.strictEqual(at(answer, "replayed"), 1, JSON.stringify(answer.body))
  })
})
