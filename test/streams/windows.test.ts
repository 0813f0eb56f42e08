import { join } from "node:path"
import { PlatformStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { randomCase } from "../../plugins/window/src/core/testing/random-case.ts"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import type { Stage } from "./stage.ts"
import { checkWindows, runWindows, statusOf, valuesOf } from "./windows/run-log.ts"

// Windows through the front door; `npm run prove -- windows-log` does it for many seeds, and `windows` holds the core to 10,000.

const seeds = [101, 102, 103, 104, 105, 106]
const folder = temporaryFolder()
const stage: Stage = { folder: folder.path, platform: () => platform }
let platform: Platform

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data"), publish: [join(root, "plugins/window")] })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

/** kill -9 for every sandbox that there is; answers how many. */
const killSandboxes = async (): Promise<number> => {
  const { body } = await platform.get("/api/status")
  const { sandboxes } = Schema.decodeUnknownSync(PlatformStatus)(body)
  return sandboxes.filter(({ pid }) => {
    try {
      return process.kill(pid, "SIGKILL")
    } catch {
      // It had ended by itself.
      return false
    }
  }).length
}

describe("windows", () => {
  for (const partitions of [1, 8]) {
    it(`are those of the oracle at ${partitions} partitions, with batches of 1 and of 5,000`, async () => {
      // Apart, so that a slow machine has fewer tasks at a time.
      for (const some of [seeds.slice(0, 3), seeds.slice(3)]) {
        const name = `w${partitions}-${some[0]}`
        await runWindows(stage, name, partitions, some)
        for (const seed of some) await checkWindows(platform, name, seed)
        const records = randomCase(some[0] ?? 0).partitions.flat().length
        const rows = (await valuesOf(platform, `${name}.all`)).reduce(
          (sum, value) => sum + Number(value["rows"]),
          0
        )
        assert.strictEqual(rows, records)
      }
    })
  }

  it("are the same when sandboxes are killed meanwhile", async () => {
    let kills = 0
    await runWindows(stage, "killed", 8, seeds, async () => {
      // Apart, for a segment may be lost once while it is loaded, not twice.
      for (const commits of [120, 360]) {
        await until(
          async () =>
            statusOf(await platform.get("/api/status/killed")).tasks.reduce(
              (sum, { sequence }) => sum + sequence,
              0
            ),
          (sum) => sum >= commits
        )
        kills += await killSandboxes()
      }
    })
    for (const seed of seeds) await checkWindows(platform, "killed", seed)
    assert.isAtLeast(kills, 2)
  })
})
