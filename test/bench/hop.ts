import { openBatch } from "@millrace/sdk/record"
import { SandboxPool } from "@millrace/sandbox"
import type { SegmentSpec } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { countBatchesAsHeap } from "../../runtime/src/main/heap-limits.ts"
import { filterPeer, mapPeer } from "./avsc-peer.ts"
import type { Peer } from "./avsc-peer.ts"
import { makeBatches } from "./hop/batches.ts"
import type { Batch } from "./hop/batches.ts"
import { inProcess, lone, sandboxed, takenBy, unsandboxed } from "./hop/contestant.ts"
import { Race, warmBatches } from "./hop/race.ts"
import { bidPlugins } from "./hop-plugin.ts"
import type { BidNode, BidPlugins } from "./hop-plugin.ts"
import { InProcessSegment } from "./in-process.ts"
import type { BenchRow } from "./row.ts"

// One hop through the sandbox, whole: a frame goes to the child process by shared memory, into the isolate, through the
// plugin as it was published, and comes back as a checked frame. CPU time is the worker's and the child's together. The
// peer decodes, changes and encodes with avsc in the worker's own process, and has no frames to read or write: the same one for all rows
// but `copying-filter`, whose peer judges what it has decoded and copies what stays, as who knows avsc well would write it.
// Two tasks of one process call (a trust domain has as many processes as there are cores, four at most): while the process answers
// one of them it has the other's question. `one-task-map` is of a task alone.

/**
 * Of one turn, new in each: 64 MB with what the peers read and with what warms up. No more: a task never holds many batches, and V8, which counts their
 * bytes with its heap, collects the whole of that the more often the more is held.
 */
const batches = 24
/** Of a round, which counts as a whole. */
const turns = 5
const rounds = 9
const outBytes = 1 << 20
const libraries = ["avsc", "avsc-6"]

const discount = (price: number): number => Math.round(price * 0.908)

// As every worker does, at its start.
countBatchesAsHeap()

/** Runs on a pool of its own, which parks nothing: the time of an ended process could not be told. */
export const run = (): Promise<readonly BenchRow[]> =>
  Effect.runPromise(Effect.scoped(bench).pipe(Effect.provide(SandboxPool.layer({ parkAfterMs: 3_600_000 }))))

const bench = Effect.gen(function* () {
  const plugins = yield* bidPlugins()
  const races = [
    yield* sandboxTax(plugins),
    yield* againstAvsc(plugins, "open-map", "discount", (library) => mapPeer(library, outBytes, discount)),
    yield* oneTask(plugins),
    yield* againstAvsc(plugins, "copying-filter", "expensive", (library) =>
      filterPeer(library, outBytes, (price) => price > 10_000)
    ),
    // What a filter gives is compared above: this peer gives all records, and what it takes for them is the measure of the others too.
    yield* againstAvsc(
      plugins,
      "filter",
      "expensive",
      (library) => mapPeer(library, outBytes, discount),
      false
    ),
    yield* againstAvsc(plugins, "closed-map", "repriced", (library) => mapPeer(library, outBytes, discount)),
    yield* fusedFive(plugins)
  ]
  const first = makeBatches(0, 8)
  for (const race of races) for (let pass = 0; pass < 3; pass++) yield* race.verify(first)
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < turns; turn++) {
      const input = makeBatches(round * turns + turn + 1, warmBatches + batches)
      for (const race of races) yield* race.turn(input, round, turn)
    }
  }
  return races.map((race) => race.row())
})

/** Segments of one kind, both in the one process. */
const twoTasks = Effect.fn("twoTasks")(function* (spec: SegmentSpec) {
  const pool = yield* SandboxPool
  return [yield* pool.open(spec), yield* pool.open(spec)] as const
})

const sandboxTax = Effect.fn("sandboxTax")(function* ({ segment }: BidPlugins) {
  const { spec } = yield* segment([{ plugin: "discount" }])
  return new Race({
    name: "sandbox-tax",
    ours: sandboxed("sandboxed", yield* twoTasks(spec)),
    peers: [{ contestant: inProcess(new InProcessSegment(spec)) }],
    against: "fastest",
    compares: true
  })
})

const againstAvsc = Effect.fn("againstAvsc")(function* (
  { segment }: BidPlugins,
  name: string,
  plugin: string,
  peerOf: (library: string) => Peer,
  compares = true
) {
  const { spec } = yield* segment([{ plugin }])
  return new Race({
    name,
    ours: sandboxed("sandboxed", yield* twoTasks(spec)),
    peers: libraries.map((library) => ({ contestant: unsandboxed(peerOf(library)) })),
    against: "fastest",
    compares
  })
})

const oneTask = Effect.fn("oneTask")(function* ({ segment }: BidPlugins) {
  const pool = yield* SandboxPool
  const { spec } = yield* segment([{ plugin: "discount" }])
  return new Race({
    name: "one-task-map",
    ours: lone("alone", yield* pool.open(spec)),
    peers: libraries.map((library) => ({ contestant: unsandboxed(mapPeer(library, outBytes, discount)) })),
    against: "fastest",
    compares: true
  })
})

const five: readonly BidNode[] = [
  { plugin: "expensive" },
  { plugin: "rename", config: { fields: { bidder: "who" } } },
  { plugin: "mask", config: { fields: { channel: "last4" } } },
  { plugin: "scored" },
  { plugin: "slim" }
]

/** Five nodes in one segment against each of them alone, over what comes to it in the five. */
const fusedFive = Effect.fn("fusedFive")(function* ({ segment }: BidPlugins) {
  const pool = yield* SandboxPool
  const fused = yield* twoTasks((yield* segment(five)).spec)
  const alone = yield* Effect.forEach(five, (node, place) =>
    Effect.gen(function* () {
      const before = yield* segment(five.slice(0, place))
      const { spec } = yield* segment([node], before.output)
      const feeding = place === 0 ? undefined : yield* pool.open(before.spec)
      return { feeding, name: node.plugin, tasks: yield* twoTasks(spec) }
    })
  )
  const [sample] = makeBatches(0, 1)
  if (sample === undefined) return yield* Effect.die("no batch")
  const { counts } = yield* takenBy(fused[0], sample.frame)
  if (counts.length !== five.length || counts.some(({ recordsIn }) => recordsIn === 0))
    return yield* Effect.die("a node's counters stand still")
  return new Race({
    name: "fused-5",
    ours: sandboxed("fused", fused),
    peers: alone.map(({ feeding, name, tasks }) => ({
      contestant: sandboxed(name, tasks),
      ...(feeding === undefined
        ? {}
        : {
            input: (given: readonly Batch[]) =>
              Effect.forEach(given, ({ frame }) =>
                Effect.map(takenBy(feeding, frame), ({ outputs }) =>
                  bare(outputs[0]?.frame ?? new Uint8Array(0))
                )
              )
          })
    })),
    against: "slowest",
    compares: false
  })
})

/** For who reads frames alone. */
const bare = (frame: Uint8Array): Batch => ({
  bytes: frame,
  starts: Array.from({ length: openBatch(frame).count + 1 }, () => 0),
  frame
})
