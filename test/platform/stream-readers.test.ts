import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { apply, at, planRequest, untilState } from "../input/pipelines.ts"
import { ordersFolder, type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import { openCluster } from "../kafka/running-cluster.ts"
import type { RunningCluster } from "../kafka/running-cluster.ts"
import { sharedClusterPatience } from "../kafka/shared.ts"
import { hasKafka } from "../tools.ts"

// One pipeline writes a stream, another reads it: what the first may do, and what the second gets.

const rows = (fields: string, stream = "t.rows"): string => `
pipeline: made
owner: test
nodes:
  orders: { source: "@demo/orders#orders@^1", with: { count: 10 } }
  rows: { use: "@millrace/project@^1", from: orders, with: { record: t.Row, fields: { ${fields} } }, stream: ${stream}, partitions: 1 }
`
const big = `
pipeline: used
owner: test
nodes:
  big: { use: "@millrace/filter@^1", from: { stream: t.rows }, with: { where: amount >= 5 }, stream: t.big, partitions: 1 }
`
const first = "id: id, amount: amount"

const suite = (name: string, flagsOf: () => readonly string[], start: () => Promise<void>) =>
  describe(`a stream of one pipeline that another reads, on ${name}`, { timeout: 240_000 }, () => {
    const folder = temporaryFolder()
    let platform: Platform

    beforeAll(async () => {
      await start()
      const publish = [ordersFolder, ...["filter", "project"].map((each) => join(root, "plugins", each))]
      platform = await up({ data: join(folder.path, "data"), publish, flags: flagsOf() })
      await apply(platform, rows(first))
      await untilState(platform, "made")
      await apply(platform, big)
      await untilState(platform, "used")
    }, sharedClusterPatience)
    afterAll(async () => {
      await platform.stop()
      folder.remove()
    })

    const problems = async (
      text: string
    ): Promise<readonly { readonly code: string; readonly message: string }[]> => {
      const found = at(await platform.send("POST", "/api/plan", planRequest(text)), "problems")
      return Array.isArray(found) ? found : []
    }
    const kept = async (): Promise<readonly unknown[]> => {
      const answer = await platform.get("/api/topics/t.big/records?limit=1000")
      const records = at(answer, "records")
      return Array.isArray(records)
        ? records.filter(({ control }) => control === undefined).map(({ value }) => value)
        : []
    }
    const registry = async (method: "DELETE", path: string) => {
      const { body, status } = await platform.send(method, `/schema-registry${path}`, undefined)
      return {
        status,
        code: at({ status, body }, "error_code"),
        message: String(at({ status, body }, "message"))
      }
    }

    it("stays, and the plan that would have it no more is refused with who reads it", async () => {
      const [renamed, ...others] = await problems(rows(first, "t.lines"))
      assert.isEmpty(others)
      assert.strictEqual(renamed?.code, "STREAM_IN_USE")
      assert.include(renamed.message, "used (big)")
    })

    it("keeps what others read: a schema that they cannot read is refused by the plan, with the field", async () => {
      const found = await problems(rows("id: id"))
      assert.deepStrictEqual(
        found.map(({ code }) => code),
        ["STREAM_READER_BROKEN"]
      )
      assert.include(found[0]?.message, "amount")
      assert.include(found[0]?.message, "used (big)")
    })

    it("is not deleted with its pipeline, nor its subject, while somebody reads it", async () => {
      const refused = await platform.command("pipeline", "delete", "made")
      assert.deepInclude(refused.errors[0], { code: "STREAM_IN_USE" })
      assert.include(refused.stderr, "used (big)")
      const subjects = at(await platform.get("/schema-registry/subjects"), "length")
      assert.isAbove(Number(subjects), 0)
      const subject = await registry("DELETE", "/subjects/t.rows")
      assert.deepInclude(subject, { status: 422, code: 42205 })
      assert.match(subject.message, /made writes it, used \(big\) reads it/)
      const version = await registry("DELETE", "/subjects/t.rows/versions/1")
      assert.deepInclude(version, { status: 422, code: 42205 })
      const left = at(await platform.get("/schema-registry/subjects/t.rows/versions"), 0)
      assert.strictEqual(left, 1)
    })

    it("may change otherwise: who reads it goes on with the schema that it was planned with", async () => {
      const before = (await kept()).length
      await apply(platform, rows("amount: amount, id: id"))
      await untilState(platform, "made")
      const after = await until(kept, ({ length }) => length >= before + 5)
      assert.deepStrictEqual(
        after.slice(before),
        [5, 6, 7, 8, 9].map((amount) => ({ id: `o${amount}`, amount }))
      )
      assert.include((await platform.command("dlq", "list", "used")).stdout, "no dead letters")
    })

    it("may lose what they read once they stand still, and are planned again", async () => {
      await platform.command("pipeline", "pause", "used")
      assert.isEmpty(await problems(rows("id: id")))
    })

    it("is free when nobody reads it any more", async () => {
      const gone = await platform.command("pipeline", "delete", "used")
      assert.strictEqual(gone.exit, 0, gone.stderr)
      const made = await platform.command("pipeline", "delete", "made")
      assert.strictEqual(made.exit, 0, made.stderr)
      assert.deepInclude(await registry("DELETE", "/subjects/t.rows"), { status: 200 })
      assert.deepInclude(await registry("DELETE", "/subjects/t.rows?permanent=true"), { status: 200 })
    })
  })

suite(
  "the embedded log",
  () => [],
  () => Promise.resolve()
)

describe.skipIf(!hasKafka)("on a cluster of its own", () => {
  let cluster: RunningCluster | undefined
  afterAll(() => cluster?.close("hard"))
  suite(
    "Kafka",
    () => ["--kafka", cluster?.bootstrap.join(",") ?? ""],
    async () => {
      cluster = await openCluster()
    }
  )
})
