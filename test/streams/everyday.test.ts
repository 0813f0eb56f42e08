import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { command, root, temporaryFolder } from "../input/program.ts"

// A job of everyday plugins, run to its end: what waits for a time (windows, a rate limit) must come by the final watermark.

const folder = temporaryFolder()
afterAll(() => folder.remove())

const plugin = (name: string, of: string): string =>
  `${relative(folder.path, join(root, "plugins", name, "src/index.ts"))}#${of}`

const pipeline = `
pipeline: everyday
owner: proof
nodes:
  made:
    source: "${plugin("generate", "bounded")}"
    with:
      record: proof.Event
      fields: { id: id, kind: "MOD(id, 3)" }
      key: [kind]
      every: 1s
      partitions: 2
      limit: 60
    watermark: { outOfOrderness: 0s }
  parted:
    use: "${plugin("route", "route")}"
    from: made
    with: { routes: { zero: kind = 0, one: kind = 1 }, otherwise: rest }
  counted:
    use: "${plugin("window", "window")}"
    from: parted.zero
    with: { keyBy: [], window: { tumbling: 10s }, aggregates: { events: { count: "*" } } }
  spaced:
    use: "${plugin("rate-limit", "delay")}"
    from: parted.rest
    with: { records: 1, per: 1h, keyBy: [kind] }
  windows: { sink: "${plugin("files", "files-sink")}", from: counted.output, with: { path: windows } }
  late: { sink: "${plugin("files", "files-sink")}", from: spaced, with: { path: late } }
`

/** Every record in the files below a folder. */
const recordsIn = (name: string): readonly unknown[] =>
  readdirSync(join(folder.path, name), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ndjson"))
    .flatMap((file) => readFileSync(join(folder.path, name, file), "utf8").split("\n"))
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))

describe("a job of everyday plugins", () => {
  it("ends with everything that waited for a time", async () => {
    const file = join(folder.path, "everyday.pipeline.yaml")
    writeFileSync(file, pipeline)
    const args = ["run", file, "--until-end", "--grant", "--json", "--data", join(folder.path, "data")]
    const { exit, stderr, stdout } = await command(args)
    assert.strictEqual(exit, 0, stderr + stdout)
    assert.strictEqual(JSON.parse(stdout).state, "completed")
    const windows = recordsIn("windows").map((row) => Reflect.get(Object(row), "events"))
    assert.lengthOf(windows, 6)
    assert.strictEqual(
      windows.reduce((total, events) => total + events, 0),
      40
    )
    const ids = recordsIn("late").map((row) => Reflect.get(Object(row), "id"))
    assert.sameMembers(
      ids,
      Array.from({ length: 40 }, (_, at) => 3 * at + 2)
    )
  })
})
