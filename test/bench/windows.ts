import type { EventSequence } from "./plugins/events.ts"
import { machine, median } from "./row.ts"
import type { BenchRow } from "./row.ts"
import { forget, scale, totalsOf, withStreams } from "./streams/stream-platform.ts"
import type { Taken } from "./streams/stream-platform.ts"

// What a record costs a window of ten minutes every second, beside one of ten minutes: 1,000 keys, 10,000 records per second of
// event time, eleven minutes of it, so that for the last of them all windows are full.

const rounds = 3
/** A smaller one has fewer keys, not less time. */
const sequence: EventSequence = {
  count: Math.round(6_600_000 * scale),
  keys: Math.round(1_000 * scale),
  perSecond: Math.round(10_000 * scale)
}
const seconds = sequence.count / sequence.perSecond
const start = 1_700_000_000_000

const nodes = (window: string): string => `  windows:
    use: "@millrace/window@^1"
    from: { stream: bench.events }
    with: { keyBy: [key], window: ${window}, aggregates: { bids: { count: "*" }, total: { sum: price } } }
`

/** Every key has records in every second, so that each window that a second lies in is given for each key. */
const contestants = [
  { name: "tumbling", window: "{ tumbling: 10m }", given: countOf(600) },
  { name: "hopping", window: "{ hopping: { size: 10m, slide: 1s } }", given: countOf(1) }
]

/** Windows of a key: ends from the first one after the first record to the last one that holds the last record. */
function countOf(slide: number): number {
  const first = Math.floor(start / 1_000 / slide) * slide + slide
  const last = Math.floor((start / 1_000 + seconds - 0.001) / slide) * slide + 600
  return (last - first) / slide + 1
}

export const run = (): Promise<readonly BenchRow[]> =>
  withStreams({ events: sequence }, async ({ platform, run: runPipeline }) => {
    const taken = new Map<string, Taken[]>()
    let verified = true
    for (let round = 0; round < rounds; round++) {
      for (const { given, name, window } of round % 2 === 0 ? contestants : contestants.toReversed()) {
        const pipeline = `${name}-${round}`
        const one = await runPipeline(pipeline, nodes(window))
        const totals = totalsOf(one.status, "windows")
        verified &&= totals.in === sequence.count && totals.out === given * sequence.keys
        taken.set(name, [...(taken.get(name) ?? []), one])
        await forget(platform, pipeline)
      }
    }
    const rateOf = (name: string, of: "seconds" | "cpuSeconds") =>
      median((taken.get(name) ?? []).map((one) => sequence.count / one[of]))
    return (["seconds", "cpuSeconds"] as const).map((of): BenchRow => {
      const [ours, peer] = [rateOf("hopping", of), rateOf("tumbling", of)]
      return {
        name: "windows: HOP(10 min, 1 s), 1,000 keys, 10,000 records a second",
        ours,
        peer,
        peerName: "TUMBLE(10 min)",
        ratio: ours / peer,
        unit: of === "seconds" ? "records per second" : "records per CPU-second",
        rounds,
        verified,
        machine: machine()
      }
    })
  })
