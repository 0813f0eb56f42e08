import { machine, median } from "./row.ts"
import type { BenchRow } from "./row.ts"
import { forget, scale, totalsOf, withStreams } from "./streams/stream-platform.ts"
import type { Taken } from "./streams/stream-platform.ts"

// Five nodes over bids that were written before, on a platform: fused into one task, and the same with a durable topic between
// each two.

const rounds = 5
/** So many that a pipeline's start and what V8 compiles for it are a tenth of the lesser of the two. */
const count = Math.round(4_000_000 * scale)

const five = [
  { use: "expensive" },
  { use: "rename", with: "{ fields: { bidder: who } }" },
  { use: "mask", with: "{ fields: { channel: last4 } }" },
  { use: "scored" },
  { use: "slim" }
]

/** The five over `from`: durable topics between each two, or none. The last one's stream is durable in both. */
export const fiveNodes = (name: string, hasTopics: boolean, from = "bench.bids"): string =>
  five
    .map(({ use, with: config }, place) => {
      const input = place === 0 ? `{ stream: ${from} }` : five[place - 1]?.use
      const isLast = place === five.length - 1
      return [
        `  ${use}:`,
        `    use: "{root}/test/bench/plugins/bids.ts#${use}"`,
        `    from: ${input}`,
        ...(config === undefined ? [] : [`    with: ${config}`]),
        ...(isLast || hasTopics ? [`    stream: bench.${name}-${use}`] : [])
      ].join("\n")
    })
    .join("\n")

const contestants = [
  { name: "fused", hasTopics: false },
  { name: "topics", hasTopics: true }
]

export const run = (): Promise<readonly BenchRow[]> =>
  withStreams(
    { bids: `    source: "{root}/test/bench/plugins/bids.ts#bids"\n    with: { count: ${count} }\n` },
    async ({ platform, run: runPipeline }) => {
      const taken = new Map<string, Taken[]>()
      const outs = new Set<number>()
      let verified = true
      for (let round = 0; round < rounds; round++) {
        for (const { hasTopics, name } of round % 2 === 0 ? contestants : contestants.toReversed()) {
          const pipeline = `${name}-${round}`
          const one = await runPipeline(pipeline, `${fiveNodes(pipeline, hasTopics)}\n`)
          verified &&= totalsOf(one.status, "expensive").in === count
          outs.add(totalsOf(one.status, "slim").out)
          taken.set(name, [...(taken.get(name) ?? []), one])
          await forget(platform, pipeline)
        }
      }
      const rateOf = (name: string, of: "cpuSeconds" | "seconds") =>
        median((taken.get(name) ?? []).map((one) => count / one[of]))
      const [ours, peer] = [rateOf("fused", "cpuSeconds"), rateOf("topics", "cpuSeconds")]
      return [
        {
          name: "fused-vs-topics",
          ours,
          peer,
          peerName: "topics between",
          ratio: ours / peer,
          unit: "records per CPU-second",
          rounds,
          verified: verified && outs.size === 1,
          machine: machine(),
          wall: rateOf("fused", "seconds")
        }
      ]
    }
  )
