import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, temporaryFolder, up } from "../input/program.ts"
import { runLog } from "./joins/run-log.ts"
import { killSandboxes } from "./joins/kill-sandboxes.ts"

// Joins and dedupe through the front door, against the oracles; `npm run prove -- joins-log` does it for many seeds.

const folder = temporaryFolder()
let platform: Platform

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data") })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

describe("joins and dedupe in a pipeline", () => {
  it("give what their oracles give, in one partition by large batches and in eight by small ones", async () => {
    for (const [index, [partitions, batch]] of [
      [1, 5_000],
      [8, 3]
    ].entries()) {
      const one = { seed: index + 1, perPartition: 120, partitions: partitions ?? 1, batch: batch ?? 1 }
      const { given, expected } = await runLog(platform, folder.path, `j${index}`, one)
      assert.isAbove(expected.late[0] ?? 0, 5)
      assert.isAbove(expected.once.length, 20)
      assert.deepStrictEqual(given, expected)
    }
  })

  it("give the same when sandboxes are killed meanwhile", async () => {
    const one = { seed: 3, perPartition: 120, partitions: 8, batch: 2 }
    const kills = killSandboxes(platform, 3)
    const { given, expected } = await runLog(platform, folder.path, "killed", one, kills.run)
    assert.deepStrictEqual(given, expected)
    assert.isAtLeast(kills.count(), 1)
  })
})
