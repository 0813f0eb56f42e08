// `npm run prove -- NAME [--seed N] [--count N] [--minutes N] [--resume]`: the proofs that are too long for `npm test`.
// Each prints its progress, can be resumed from the file that it keeps under .millrace/prove, and ends with one line of counts.

/** What a proof module exports. */
export interface Proof {
  readonly name: string
  readonly describe: string
  readonly run: (options: ProofOptions) => Promise<ProofResult>
}
export interface ProofOptions {
  readonly seed: number
  readonly count: number | undefined
  /** For proofs that go by the clock. */
  readonly minutes: number | undefined
  readonly resume: boolean
  /** Of a flag that this proof alone has, as `--events 1000`. */
  readonly number: (flag: string) => number | undefined
}
export interface ProofResult {
  readonly passed: number
  readonly failed: number
  readonly notes: readonly string[]
}

const proofs: { readonly [name: string]: () => Promise<Proof> } = {
  auctions: () => import("./auctions.ts"),
  avro: () => import("./avro.ts"),
  flights: () => import("./flights.ts"),
  "kafka-examples": () => import("./kafka-examples.ts"),
  kills: () => import("./kills.ts"),
  "power-cut": () => import("./power-cut.ts"),
  hostile: () => import("./hostile.ts"),
  "hot-swap": () => import("./hot-swap.ts"),
  ingest: () => import("./ingest.ts"),
  kafka: () => import("./kafka.ts"),
  joins: () => import("./joins.ts"),
  "joins-log": () => import("./joins-log.ts"),
  ledger: () => import("./ledger.ts"),
  "publish-kills": () => import("./publish-kills.ts"),
  state: () => import("./state.ts"),
  windows: () => import("./windows.ts"),
  "windows-log": () => import("./windows-log.ts"),
  suites: () => import("./suites.ts")
}

const argument = (flag: string): string | undefined => {
  const at = process.argv.indexOf(flag)
  return at < 0 ? undefined : process.argv[at + 1]
}

const [name] = process.argv.slice(2)
const load = name === undefined ? undefined : proofs[name]
if (load === undefined) {
  process.stdout.write(`prove: give one of ${Object.keys(proofs).join(", ")}\n`)
  process.exit(name === undefined ? 0 : 64)
}
const number = (flag: string): number | undefined => {
  const text = argument(flag)
  return text === undefined ? undefined : Number(text)
}
const proof = await load()
if (process.argv.includes("--help")) {
  process.stdout.write(`${proof.name}: ${proof.describe}\n`)
  process.stdout.write(
    `npm run prove -- ${proof.name} [--seed N] [--count N] [--minutes N] [--resume], and flags of its own: see test/prove/${proof.name}.ts\n`
  )
  process.exit(0)
}
const result = await proof.run({
  seed: number("--seed") ?? 1,
  count: number("--count"),
  minutes: number("--minutes"),
  number,
  resume: process.argv.includes("--resume")
})
for (const note of result.notes) process.stdout.write(`${note}\n`)
process.stdout.write(`${proof.name}: ${result.passed} passed, ${result.failed} failed\n`)
process.exit(result.failed === 0 && result.passed > 0 ? 0 : 1)
