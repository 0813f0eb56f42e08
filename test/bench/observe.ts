import { setTimeout as delay } from "node:timers/promises"
import type { EventSequence } from "./plugins/events.ts"
import { machine, median } from "./row.ts"
import type { BenchRow } from "./row.ts"
import { forget, scale, type StreamPlatform, totalsOf, withStreams } from "./streams/stream-platform.ts"

// What observing costs: the same pipeline on a platform that does all of it, with a console that listens and a Prometheus that
// scrapes, and on one that does none. Two platforms, by turns; each one's CPU is its own.

const rounds = 15
const sequence: EventSequence = {
  count: Math.round(600_000 * scale),
  keys: 1_000,
  perSecond: 10_000
}
const scrapeMs = 5_000

const nodes = `  dearer:
    use: "{root}/test/bench/plugins/events.ts#dearer"
    from: { stream: bench.events }
  out: { sink: "{root}/test/bench/plugins/events.ts#nowhere", from: dearer }
`

/** Listens and scrapes until told to stop. */
const watching = (url: string): (() => Promise<void>) => {
  const stop = new AbortController()
  const { signal } = stop
  const listening = fetch(`${url}/api/live`, { signal })
    .then(async ({ body }) => {
      for await (const _ of body ?? []) if (signal.aborted) return
    })
    .catch(() => undefined)
  const scraping = (async () => {
    while (!signal.aborted) {
      await (await fetch(`${url}/metrics`)).text()
      await delay(scrapeMs, undefined, { signal })
    }
  })().catch(() => undefined)
  return async () => {
    stop.abort()
    await Promise.all([listening, scraping])
  }
}

interface Contestant {
  readonly name: "on" | "off"
  readonly streams: StreamPlatform
  readonly rates: number[]
}

export const run = (): Promise<readonly BenchRow[]> =>
  withStreams({ events: sequence }, (on) =>
    withStreams({ events: sequence }, (off) => compare(on, off), {
      wrapper: ["env", "MILLRACE_OBSERVE=off"]
    })
  )

const compare = async (on: StreamPlatform, off: StreamPlatform): Promise<readonly BenchRow[]> => {
  const contestants: readonly Contestant[] = [
    { name: "on", streams: on, rates: [] },
    { name: "off", streams: off, rates: [] }
  ]
  let verified = true
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    for (const { name, rates, streams } of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const pipeline = `${name}-${round}`
      const stop = name === "on" ? watching(streams.platform.url) : () => Promise.resolve()
      const taken = await streams.run(pipeline, nodes)
      await stop()
      verified &&= totalsOf(taken.status, "out").in === sequence.count
      rates.push(sequence.count / taken.cpuSeconds)
      await forget(streams.platform, pipeline)
    }
    const [watched, alone] = contestants.map(({ rates }) => rates.at(-1) ?? Number.NaN)
    ratios.push((watched ?? Number.NaN) / (alone ?? Number.NaN))
  }
  const [ours, peer] = contestants.map(({ rates }) => median(rates))
  const sorted = ratios.toSorted((a, b) => a - b)
  return [
    {
      name: `observe: all on (ratio by round ${sorted.at(0)?.toFixed(3)} to ${sorted.at(-1)?.toFixed(3)}, median ${median(ratios).toFixed(3)})`,
      ours: ours ?? Number.NaN,
      peer: peer ?? Number.NaN,
      peerName: "all off",
      ratio: median(ratios),
      unit: "records per CPU-second",
      rounds,
      verified,
      machine: machine()
    }
  ]
}
