import { join } from "node:path"
import { createClient } from "@millrace/client"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type HeldPlatform, holdPlatform } from "../http/platform.ts"
import { temporaryFolder, until } from "../input/program.ts"
import { idsIn, open, shopPipeline, type Visit, visitSchema } from "./shop.ts"

// The real client and the real platform.

const folder = temporaryFolder()
let platform: HeldPlatform

beforeAll(async () => {
  platform = await holdPlatform(join(folder.path, "data"))
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const clientOf = (name: string, token: string, onRetry: (message: string) => void = () => {}) =>
  createClient<Visit, "id" | "at">({
    url: `${platform.url}/ingest/${name}/visits`,
    token,
    eventTime: "at",
    batch: { maxEvents: 25, maxDelayMs: 10 },
    buffer: { maxEvents: 50 },
    retry: { minMs: 20, maxMs: 200 },
    onRetry: ({ message }) => onRetry(message)
  })

describe("the client and the platform", () => {
  it("bring every event into the stream, checked by the contract that the address gives", async () => {
    const token = await open(platform, shopPipeline(folder.path, "plain"), "plain")
    const client = clientOf("plain", token)
    const ids: string[] = []
    for (let n = 0; n < 200; n++) {
      await client.room()
      ids.push(client.track({ page: `/${n % 3}`, count: n }))
    }
    assert.deepStrictEqual(await client.close(), { unsent: 0 })
    const found = await until(
      () => idsIn(platform, "plain.visits"),
      (all) => all.length >= 200
    )
    assert.sameMembers([...found], ids)
  })

  it("wait for a pipeline that is slower, in bounded room, and lose nothing", async () => {
    const token = await open(platform, shopPipeline(folder.path, "slow", { backlog: 100 }), "slow")
    await platform.command("pipeline", "pause", "slow")
    const refusals = new Set<string>()
    const client = clientOf("slow", token, (message) => refusals.add(message.split(":")[0] ?? ""))
    const ids: string[] = []
    let isDone = false
    const producing = (async () => {
      for (let n = 0; n < 400; n++) {
        await client.room()
        ids.push(client.track({ page: "/", count: n }))
      }
      isDone = true
    })()
    await until(
      () => Promise.resolve(refusals),
      (all) => all.has("INBOX_FULL")
    )
    // What the log took, what the client holds, and no more: the producer waits.
    assert.isFalse(isDone)
    assert.isAtMost(client.waiting, 50)
    assert.isAtMost(ids.length, 100 + 25 + 50)
    await platform.command("pipeline", "resume", "slow")
    await producing
    await client.flush()
    const found = await until(
      () => idsIn(platform, "slow.visits"),
      (all) => all.length >= 400
    )
    assert.sameMembers([...found], ids)
    await client.close()
  })

  it("go on when the contract changes, with what waited under the one before", async () => {
    const token = await open(platform, shopPipeline(folder.path, "changing"), "changing")
    await platform.command("pipeline", "pause", "changing")
    const client = clientOf("changing", token)
    client.track({ page: "/old", count: 1 })
    await client.close()
    const fields = [...visitSchema.fields, { name: "lang", type: "string", default: "en" }]
    const file = shopPipeline(folder.path, "changing", { schema: { ...visitSchema, fields } })
    const applied = await platform.command("apply", file, "--grant")
    assert.strictEqual(applied.exit, 0, applied.stderr)
    await platform.command("pipeline", "resume", "changing")
    const values = await until(
      async () =>
        (await platform.command("topic", "read", "changing.visits", "--limit", "100", "--json")).stdout
          .split("\n")
          .filter((line) => line.includes("/old")),
      (lines) => lines.length > 0
    )
    assert.lengthOf(values, 1)
    assert.deepInclude(JSON.parse(values[0] ?? "{}").value, { page: "/old", lang: "en" })
  })

  it("drop a source only when all that it took in was read", async () => {
    const file = shopPipeline(folder.path, "gone")
    const token = await open(platform, file, "gone")
    await platform.command("pipeline", "pause", "gone")
    const client = clientOf("gone", token)
    client.track({ page: "/", count: 1 })
    await client.close()
    const renamed = shopPipeline(folder.path, "gone", {}, "")
    const { readFileSync, writeFileSync } = await import("node:fs")
    writeFileSync(renamed, readFileSync(file, "utf8").replace("  visits:", "  others:"))
    const refused = await platform.command("apply", renamed, "--grant")
    assert.include(refused.stderr, "TOPIC_NOT_DRAINED")
    assert.include(refused.stderr, "gone.inbox.visits")
  })
})
