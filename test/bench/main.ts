import type { BenchRow } from "./row.ts"
import { saveRows } from "./saved-results.ts"

// `npm run bench -- NAME... [--json] [--save]`. With --json the last line is one JSON array of rows; with --save they go into
// results.json, of which `npm run docs` makes docs/performance.md.
const benches: {
  readonly [name: string]: () => Promise<{ readonly run: () => Promise<readonly BenchRow[]> }>
} = {
  codec: () => import("./codec.ts"),
  compaction: () => import("./compaction.ts"),
  console: () => import("./console.ts"),
  deploy: () => import("./deploy.ts"),
  density: () => import("./density.ts"),
  fused: () => import("./fused.ts"),
  flights: () => import("./flights.ts"),
  hop: () => import("./hop.ts"),
  journey: () => import("./journey.ts"),
  observe: () => import("./observe.ts"),
  movies: () => import("./movies.ts"),
  "paced-fused": () => import("./paced-fused.ts"),
  recover: () => import("./recover.ts"),
  joins: () => import("./joins.ts"),
  kafka: () => import("./kafka.ts"),
  "kafka-batch": () => import("./kafka-batch.ts"),
  latency: () => import("./latency.ts"),
  log: () => import("./log.ts"),
  scale: () => import("./scale.ts"),
  state: () => import("./state.ts"),
  types: () => import("./types.ts"),
  windows: () => import("./windows.ts")
}

const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"))
const json = process.argv.includes("--json")
const unknown = names.filter((name) => !(name in benches))
if (unknown.length > 0 || names.length === 0) {
  process.stderr.write(
    `bench: ${unknown.length > 0 ? `unknown: ${unknown.join(", ")}; ` : ""}give one or more of ${Object.keys(benches).join(", ")}\n`
  )
  process.exit(64)
}

const rows: BenchRow[] = []
for (const name of names) {
  process.stderr.write(`bench ${name} …\n`)
  const bench = await benches[name]?.()
  for (const row of (await bench?.run()) ?? []) {
    rows.push(row)
    process.stderr.write(
      `  ${row.name}: ${Math.round(row.ours).toLocaleString("en")} ${row.unit}, peer ${Math.round(row.peer).toLocaleString("en")} (${row.peerName ?? "peer"}), ratio ${row.ratio.toFixed(2)}, ${row.rounds} rounds, ${row.verified ? "verified equal" : "NOT VERIFIED"}\n`
    )
  }
}
if (json) process.stdout.write(`${JSON.stringify(rows)}\n`)
if (process.argv.includes("--save")) saveRows(rows, new Date())
process.exit(rows.every((row) => row.verified) ? 0 : 1)
