import type { EventSequence } from "./plugins/events.ts"
import { machine, median } from "./row.ts"
import type { BenchRow } from "./row.ts"
import { joinPeer } from "./streams/peers.ts"
import type { PeerTaken } from "./streams/peers.ts"
import { forget, scale, totalsOf, withStreams } from "./streams/stream-platform.ts"
import type { Taken } from "./streams/stream-platform.ts"

// An interval join of two streams: 10,000 keys, each record meets those of its key of the last and the next ten seconds. The peer
// decodes the same records with avsc from memory, in the order of their times, and keeps what can still match in a Map.

const rounds = 3
const withinMs = 10_000
const sequence: EventSequence = { count: Math.round(1_000_000 * scale), keys: 10_000, perSecond: 10_000 }

const nodes = `  pairs:
    use: "@millrace/join#interval-join@^1"
    from: { left: { stream: bench.left }, right: { stream: bench.right } }
    with:
      on: { left: [key], right: [key] }
      within: { before: ${withinMs}ms, after: ${withinMs}ms }
      select: { key: left.key, left: left.price, right: right.price }
`

export const run = (): Promise<readonly BenchRow[]> =>
  withStreams({ left: sequence, right: sequence }, async ({ platform, run: runPipeline }) => {
    const ours: Taken[] = []
    const peers: PeerTaken[] = []
    let verified = true
    for (let round = 0; round < rounds; round++) {
      const name = `pairs-${round}`
      const taken = await runPipeline(name, nodes)
      const totals = totalsOf(taken.status, "pairs")
      const peer = joinPeer(sequence, withinMs)
      verified &&= totals.in === 2 * sequence.count && totals.out === peer.pairs
      await forget(platform, name)
      ours.push(taken)
      peers.push(peer)
    }
    const rate = (all: readonly PeerTaken[], of: "seconds" | "cpuSeconds") =>
      median(all.map((one) => (2 * sequence.count) / one[of]))
    return (["seconds", "cpuSeconds"] as const).map((of): BenchRow => ({
      name: "joins: interval join, 10,000 keys, 10 s either way",
      ours: rate(ours, of),
      peer: rate(peers, of),
      peerName: "avsc and a Map",
      ratio: rate(ours, of) / rate(peers, of),
      unit: of === "seconds" ? "records per second" : "records per CPU-second",
      rounds,
      verified,
      machine: machine()
    }))
  })
