import type { EventSequence } from "./plugins/events.ts"
import { machine, median } from "./row.ts"
import type { BenchRow } from "./row.ts"
import { countPeer } from "./streams/peers.ts"
import { forget, scale, totalsOf, withStreams } from "./streams/stream-platform.ts"

// A count by key: read from the log, in the sandbox, the state of 1,000,000 keys durable with every batch. The peer decodes the
// same records with avsc from memory and counts them in a Map, in one process, and keeps nothing.

const keys = Math.round(1_000_000 * scale)
const perKey = 5
const rounds = 3
const sequence: EventSequence = { count: keys * perKey, keys, perSecond: 10_000 }

const nodes = `  counts:
    use: "{root}/test/bench/plugins/events.ts#counts"
    from: { stream: bench.events }
    with: { perKey: ${perKey} }
    stream: bench.totals
`

interface Measured {
  readonly seconds: number
  readonly cpuSeconds: number
}

export const run = (): Promise<readonly BenchRow[]> =>
  withStreams({ events: sequence }, async ({ platform, run: runPipeline }) => {
    const ours: Measured[] = []
    const peers: Measured[] = []
    let verified = true
    for (let round = 0; round < rounds; round++) {
      const name = `counts-${round}`
      const taken = await runPipeline(name, nodes.replace("bench.totals", `bench.totals${round}`))
      const totals = totalsOf(taken.status, "counts")
      // Every key had all its events, and no more.
      verified &&= totals.in === sequence.count && totals.out === keys
      await forget(platform, name)
      ours.push(taken)
      const peer = countPeer(sequence, perKey)
      verified &&= peer.keys === keys
      peers.push(peer)
    }
    return rowsOf(ours, peers, verified)
  })

const rowsOf = (
  ours: readonly Measured[],
  peers: readonly Measured[],
  verified: boolean
): readonly BenchRow[] =>
  (["seconds", "cpuSeconds"] as const).map((of): BenchRow => {
    const rate = (all: readonly Measured[]) => median(all.map((one) => sequence.count / one[of]))
    return {
      name: `state: keyed count over ${keys.toLocaleString("en")} keys`,
      ours: rate(ours),
      peer: rate(peers),
      peerName: "avsc and a Map",
      ratio: rate(ours) / rate(peers),
      unit: of === "seconds" ? "records per second" : "records per CPU-second",
      rounds,
      verified,
      machine: machine()
    }
  })
