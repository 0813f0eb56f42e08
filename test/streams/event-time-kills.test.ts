import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, temporaryFolder, until, up } from "../input/program.ts"
import { oracle, run } from "./closed-windows.ts"
import type { Stage } from "./stage.ts"

// What is counted and what is late goes by the records alone, whatever dies meanwhile.

const folder = temporaryFolder()
const stage: Stage = { folder: folder.path, platform: () => platform }
let platform: Platform

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data") })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

describe("event time", () => {
  it("closes them the same when sandboxes are killed meanwhile", async () => {
    const killed = new Set<number>()
    const kill = async () => {
      for (let round = 0; round < 25 && killed.size < 3; round++) {
        const { sandboxes }: { readonly sandboxes: readonly { readonly pid: number }[] } = JSON.parse(
          (await platform.command("status", "--json")).stdout
        )
        for (const { pid } of sandboxes) {
          if (killed.has(pid)) continue
          killed.add(pid)
          try {
            process.kill(pid, "SIGKILL")
          } catch {
            // It had ended by itself.
          }
        }
      }
    }
    assert.deepStrictEqual(await run(stage, "killed", { partitions: 8, batch: 5 }, kill), oracle())
    assert.isAtLeast(killed.size, 1)
  })

  it("closes them the same when the platform itself is killed meanwhile", async () => {
    let kills = 0
    const kill = async () => {
      for (; kills < 2; kills++) {
        await until(
          async () =>
            (await platform.command("topic", "read", "crashed.events", "--limit", "1", "--json")).stdout,
          (line) => line !== ""
        )
        process.kill(platform.pid, "SIGKILL")
        await until(
          () => platform.command("status"),
          ({ exit }) => exit !== 0
        )
        platform = await up({ data: join(folder.path, "data") })
      }
    }
    assert.deepStrictEqual(await run(stage, "crashed", { partitions: 8, batch: 3 }, kill), oracle())
    assert.strictEqual(kills, 2)
  })
})
