import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { RecordPage } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { afterAll, assert, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"

// Files that grow, through the front door: what is appended comes out once, across a kill and a rotation.

const folder = temporaryFolder()
afterAll(() => folder.remove())
const logs = join(folder.path, "logs")
const files = relative(folder.path, join(root, "plugins/files/src/index.ts"))

const pipeline = `
pipeline: follow
owner: proof
nodes:
  lines:
    source: "${files}#files-source"
    with: { path: logs, format: ndjson, follow: true, poll: 100ms, record: proof.Line, fields: { n: { type: int } } }
    stream: proof.lines
    partitions: 1
`

const line = (n: number): string => `${JSON.stringify({ n })}\n`

const numbersIn = async (platform: Platform): Promise<readonly unknown[]> => {
  const { body, status } = await platform.get("/api/topics/proof.lines/records?limit=1000")
  if (status !== 200) return []
  const { records } = Schema.decodeUnknownSync(RecordPage)(body)
  return records.flatMap(({ control, value }) =>
    control === undefined ? [Reflect.get(Object(value), "n")] : []
  )
}

const comes = (platform: Platform, count: number) =>
  until(
    () => numbersIn(platform),
    (numbers) => numbers.length >= count
  )

describe("files that grow", () => {
  it("come out once, across a kill and a rotation", async () => {
    const data = join(folder.path, "data")
    mkdirSync(logs)
    writeFileSync(join(logs, "app.log"), line(0) + line(1))
    writeFileSync(join(folder.path, "follow.pipeline.yaml"), pipeline)
    const first = await up({ data })
    const applied = await first.command("apply", join(folder.path, "follow.pipeline.yaml"), "--grant")
    assert.strictEqual(applied.exit, 0, applied.stderr)
    await comes(first, 2)
    appendFileSync(join(logs, "app.log"), `${line(2)}{"n":`)
    await comes(first, 3)
    process.kill(first.pid, "SIGKILL")
    await first.stop().catch(() => undefined)
    appendFileSync(join(logs, "app.log"), "3}\n")
    renameSync(join(logs, "app.log"), join(logs, "app.log.1"))
    writeFileSync(join(logs, "app.log"), line(4))
    const second = await up({ data })
    try {
      const numbers = await comes(second, 5)
      assert.sameMembers([...numbers], [0, 1, 2, 3, 4])
    } finally {
      await second.stop()
    }
  })
})
