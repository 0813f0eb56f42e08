import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"

// What a platform's process keeps of the pipelines that run in it, by its own heap.

const folder = temporaryFolder()
const ticks = relative(folder.path, join(root, "test/platform/fixtures/ticks.ts"))
const pipelines = Array.from({ length: 8 }, (_, index) => `kept-${index}`)
let platform: Platform

beforeAll(async () => {
  const settings = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder.path}`
  platform = await up({ data: join(folder.path, "data"), wrapper: ["env", `NODE_OPTIONS=${settings}`] })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

/** All texts that the process has, after a collection of its whole heap. */
const textsInHeap = async (): Promise<readonly string[]> => {
  process.kill(platform.pid, "SIGUSR2")
  const parsed = (): readonly string[] | undefined => {
    const [name] = readdirSync(folder.path).filter((each) => each.endsWith(".heapsnapshot"))
    if (name === undefined) return undefined
    try {
      const { strings }: { readonly strings: readonly string[] } = JSON.parse(
        readFileSync(join(folder.path, name), "utf8")
      )
      return strings
    } catch {
      // It is still being written.
      return undefined
    }
  }
  return (await until(parsed, (texts) => texts !== undefined)) ?? []
}

describe("a platform's process", () => {
  it("keeps no plan of the pipelines that run: each has whole bundles in it", async () => {
    for (const name of pipelines) {
      const file = join(folder.path, `${name}.pipeline.yaml`)
      const source = `{ source: "${ticks}#silent", stream: t.${name} }`
      writeFileSync(file, `pipeline: ${name}\nowner: proof\nnodes:\n  gen: ${source}\n`)
      const { exit, stderr } = await platform.command("apply", file)
      assert.strictEqual(exit, 0, stderr)
    }
    const plans = (await textsInHeap()).filter((text) => /^\{"version":\d+,"pipeline":/.test(text))
    // The last few, that is: of those that were answered over connections which are still open, however many pipelines run.
    assert.isAtMost(plans.length, 5, plans.map((text) => text.slice(0, 60)).join("; "))
  })
})
