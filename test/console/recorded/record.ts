import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { root, temporaryFolder, until, up } from "../../input/program.ts"
import { recordingFile } from "./recording.ts"

// Makes runtime/console/fixtures/fifty.ndjson.gz anew, from a real platform: a pipeline of fifty processors, and a minute
// of what `/api/live` tells of it. `node runtime/bin/node24.js test/console/recorded/record.ts`

const seconds = 60
const branches = 5
const length = 10

/** Five branches of ten filters behind one endless source. */
const pipeline = (): string => {
  const lines = Array.from({ length: branches }, (_, branch) => {
    const names = Array.from({ length }, (__, step) => `b${branch + 1}s${step + 1}`)
    const filters = names.map((name, step) => {
      const from = names[step - 1] ?? "orders"
      return `  ${name}: { use: "@millrace/filter@^1", from: ${from}, with: { where: "MOD(id, ${step + 11}) > 0" } }`
    })
    const out = `  out${branch + 1}: { sink: "@millrace/files@^1", from: ${names.at(-1)}, with: { path: out/b${branch + 1} } }`
    return [...filters, out].join("\n")
  })
  return `pipeline: fifty
owner: load-team
nodes:
  orders:
    source: "@millrace/generate#endless@^1"
    with:
      record: load.Order
      fields: { id: id, customer: "CONCAT('c', CAST(CAST(random * 40 AS INT) AS STRING))", amount: random * 90 }
      key: [customer]
      every: 1s
      records: 400
${lines.join("\n")}
`
}

const { path, remove } = temporaryFolder()
const file = join(path, "fifty.pipeline.yaml")
writeFileSync(file, pipeline())
mkdirSync(join(path, "data"))
const platform = await up({
  data: join(path, "data"),
  publish: ["generate", "filter", "files"].map((name) => join(root, "plugins", name)),
  flags: ["--apply", file, "--grant"]
})
try {
  await until(
    () => platform.get("/api/status/fifty"),
    ({ status }) => status === 200
  )
  const graph = (await platform.get("/api/status/fifty/graph")).body
  const events = await listen(seconds)
  const lines = [graph, ...events].map((each) => JSON.stringify(each))
  mkdirSync(join(recordingFile, ".."), { recursive: true })
  writeFileSync(recordingFile, gzipSync(`${lines.join("\n")}\n`, { level: 9 }))
  process.stdout.write(`${events.length} events in ${recordingFile}\n`)
} finally {
  await platform.stop()
  remove()
}

/** So many events of the live stream. */
async function listen(count: number): Promise<readonly unknown[]> {
  const reply = await fetch(`${platform.url}/api/live`)
  const events: unknown[] = []
  let rest = ""
  for await (const chunk of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + chunk).split("\n")
    rest = parts.pop() ?? ""
    for (const line of parts) if (line.startsWith("data:")) events.push(JSON.parse(line.slice(5)))
    if (events.length >= count) break
  }
  return events
}
