import { type Deployed, withDomains } from "./density/deployed.ts"
import type { Layout } from "./density/domains.ts"
import { runLive } from "./density/live.ts"
import { runPaced } from "./density/paced.ts"
import { runParked } from "./density/parked.ts"
import type { BenchRow } from "./row.ts"
import { scale } from "./streams/stream-platform.ts"

// A thousand processors of twenty publishers on one machine, each a pipeline of its own between streams of its own: what they
// take while they are live, that they take no process when nothing comes, and how fast the first record wakes them; and a hundred
// of them at a steady pace. `BENCH_PARTS=live,parked,paced` for some of it, in this order; parked follows live on the same
// platform. `BENCH_SCALE=0.1` for a tenth of the processors of each domain, and of the minutes of the paced part.

type Part = "live" | "parked" | "paced"

const parts = new Set((process.env["BENCH_PARTS"] ?? "live,parked,paced").split(","))
const has = (part: Part): boolean => parts.has(part)

const domains = 20
const many: Layout = { domains, perDomain: Math.max(1, Math.round(50 * scale)) }
const paced: Layout = { domains, perDomain: 5 }

export const run = async (): Promise<readonly BenchRow[]> => {
  const liveThenParked = async (deployed: Deployed) => [
    ...(await runLive(deployed, many)),
    ...(has("parked") ? await runParked(deployed, many) : [])
  ]
  return [
    ...(has("live") || has("parked") ? await withDomains(many, liveThenParked) : []),
    ...(has("paced") ? await withDomains(paced, (deployed) => runPaced(deployed, paced)) : [])
  ]
}
