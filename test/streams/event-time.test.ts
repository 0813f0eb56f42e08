import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, temporaryFolder, until, up } from "../input/program.ts"
import { oracle, plugins, run } from "./closed-windows.ts"
import type { Stage } from "./stage.ts"

// Event time through the front door: what is counted, and what is late, goes by the records alone.

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
  it("closes every window once, with what was in time, whatever batches and partitions", async () => {
    const expected = oracle()
    assert.isAbove(expected.late, 10)
    for (const [partitions, batch] of [
      [1, 500],
      [8, 7]
    ] as const)
      assert.deepStrictEqual(await run(stage, `w${partitions}-${batch}`, { partitions, batch }), expected)
  })

  it("does not wait for a source partition that idles, and does for one that may yet speak", async () => {
    const module = plugins(folder.path)
    const outcome = async (name: string, watermark: string) => {
      const file = join(folder.path, `${name}.pipeline.yaml`)
      writeFileSync(
        file,
        `pipeline: ${name}
nodes:
  events: { source: "${module}#trickle", with: { count: 55 }, watermark: ${watermark}, stream: ${name}.events, partitions: 2 }
  windows: { use: "${module}#windows", from: events, stream: ${name}.windows }
`
      )
      const applied = await platform.command("apply", file, "--grant")
      assert.strictEqual(applied.exit, 0, applied.stderr)
      return async (): Promise<number> => {
        const { stdout } = await platform.command("topic", "read", `${name}.windows`, "--json")
        return stdout.split("\n").filter((line) => line.includes('"end"')).length
      }
    }
    const waits = await outcome("waits", "{}")
    const passes = await outcome("passes", "{ idleAfter: 300ms }")
    // 55 events at 100 ms: five windows are over, the sixth is open.
    await until(passes, (closed) => closed === 5)
    assert.strictEqual(await waits(), 0)
    for (const name of ["waits", "passes"]) await platform.command("pipeline", "delete", name)
  })
})
