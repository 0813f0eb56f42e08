import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { schemaHash } from "@millrace/sdk/avro"
import { compileValue } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter, ByteSink } from "@millrace/sdk/record"
import { SandboxPool } from "@millrace/sandbox"
import type { Segment, SegmentHost } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { countBatchesAsHeap } from "../../runtime/src/main/heap-limits.ts"
import { filterPeer, mapPeer } from "./avsc-peer.ts"
import type { Peer, Span } from "./avsc-peer.ts"
import { bidOf, bidType } from "./bid.ts"
import { bidSegments } from "./hop-plugin.ts"
import { machine, median } from "./row.ts"
import type { BenchRow } from "./row.ts"

// One hop through the sandbox, whole: a frame goes to the child process by shared memory, into the isolate, through the
// plugin as it was published, and comes back as a checked frame. CPU time is the worker's and the child's together. The
// peer decodes, changes or judges, and encodes with avsc in the worker's own process, and has no frames to read or write.

const batchRecords = 1_500
/** Of one round, new in each round: 512 batches are 130 MB. */
const batches = 512
const rounds = 5
const outBytes = 1 << 20

interface Batch extends Span {
  readonly frame: Uint8Array
}

interface Race {
  readonly name: string
  readonly plugin: string
  readonly peers: readonly Peer[]
}

const libraries = ["avsc", "avsc-6"]

const races: readonly Race[] = [
  {
    name: "hop: open map of one field (bid, 171 B)",
    plugin: "discount",
    peers: libraries.map((library) => mapPeer(library, outBytes, (price) => Math.round(price * 0.908)))
  },
  {
    name: "hop: filter (bid, 171 B)",
    plugin: "expensive",
    peers: libraries.map((library) => filterPeer(library, outBytes, (price) => price > 10_000))
  }
]

// As every worker does, at its start.
countBatchesAsHeap()

setFlagsFromString("--expose-gc")
const collect: () => void = runInNewContext("gc")

/** Runs on a pool of its own, which parks nothing: the time of an ended process could not be told. */
export const run = (): Promise<readonly BenchRow[]> =>
  Effect.runPromise(Effect.scoped(bench).pipe(Effect.provide(SandboxPool.layer({ parkAfterMs: 3_600_000 }))))

const bench = Effect.gen(function* () {
  const pool = yield* SandboxPool
  const specs = yield* bidSegments()
  const entries: Entry[] = []
  for (const race of races) {
    const spec = specs.get(race.plugin)
    if (spec === undefined) return yield* Effect.die(`no plugin ${race.plugin}`)
    entries.push(new Entry(race, yield* pool.open(spec), pool.processes))
  }
  const first = makeBatches(0, 32)
  // Three times before it counts: for the comparison, and for the compilers.
  for (const entry of entries) for (let pass = 0; pass < 3; pass++) yield* entry.verify(first)
  for (let round = 0; round < rounds; round++) {
    const input = makeBatches(round + 1, batches)
    for (const entry of entries) yield* entry.round(input, round)
  }
  return entries.map((entry) => entry.row())
})

export const makeBatches = (round: number, count: number): readonly Batch[] => {
  const codec = compileValue(bidType())
  const hash = schemaHash(bidType())
  const value = new ByteSink(1 << 20, 1024)
  return Array.from({ length: count }, (_, number) => {
    const batch = new BatchWriter()
    const all = new ByteSink(1 << 20, 1 << 19)
    const starts = [0]
    batch.begin(hash)
    for (let i = 0; i < batchRecords; i++) {
      const index = number * batchRecords + i
      const bid = bidOf(Math.floor(index / 46) * 50 + 4 + (index % 46), round + 1)
      value.length = 0
      codec.write(bid, value)
      const bytes = value.toBytes()
      batch.append({ timestamp: bid.dateTime, key: null }, bytes)
      all.copy(bytes, 0, bytes.length)
      starts.push(all.length)
    }
    return { bytes: all.toBytes(), starts, frame: batch.finish() }
  })
}

interface Measured {
  /** Records per second of CPU time, and of wall time. */
  readonly cpu: number
  readonly wall: number
}

const noHost: SegmentHost = {
  request: () => Effect.die("the benched plugins ask for nothing"),
  readState: () => Effect.succeed(new Uint8Array(0))
}

class Entry {
  private readonly race: Race
  private readonly segment: Segment
  private readonly processes: typeof SandboxPool.Service.processes
  private readonly results = new Map<string, Measured[]>()
  private offset = 0n
  private isVerified = true

  constructor(race: Race, segment: Segment, processes: typeof SandboxPool.Service.processes) {
    this.race = race
    this.segment = segment
    this.processes = processes
  }

  private call(batch: Batch) {
    const baseOffset = this.offset
    this.offset += BigInt(batchRecords)
    return this.segment.call(
      {
        partition: 0,
        now: 1_436_918_400_000,
        seed: new Uint8Array(32),
        head: {
          kind: "records",
          inputs: [{ input: "input", topic: "bids", topicPartition: 0, baseOffset, frame: batch.frame }],
          end: false
        },
        tables: []
      },
      noHost
    )
  }

  /** Ours and each peer's must give the same values, byte for byte. */
  verify(input: readonly Batch[]) {
    return Effect.gen({ self: this }, function* () {
      for (const batch of input) {
        const { outputs } = yield* this.call(batch)
        const ours = Buffer.concat(outputs.flatMap(({ frame }) => valuesOf(frame)))
        for (const { out, work } of this.race.peers) {
          const length = work(batch)
          if (length === 0 || !ours.equals(out.subarray(0, length))) this.isVerified = false
        }
      }
    })
  }

  /** All contestants over the same batches, in turn, beginning with another one each round. */
  round(input: readonly Batch[], round: number) {
    return Effect.gen({ self: this }, function* () {
      const ours = {
        name: "ours",
        run: Effect.forEach(input, (batch) => this.call(batch), { discard: true })
      }
      const peers = this.race.peers.map(({ name, work }) => ({
        name,
        run: Effect.sync(() => {
          for (const batch of input) work(batch)
        })
      }))
      const contestants = [ours, ...peers]
      for (let turn = 0; turn < contestants.length; turn++) {
        const contestant = contestants[(round + turn) % contestants.length] ?? ours
        const measured = yield* this.measure(contestant.run, input.length * batchRecords)
        this.results.set(contestant.name, [...(this.results.get(contestant.name) ?? []), measured])
      }
    })
  }

  private measure<E>(run: Effect.Effect<void, E>, records: number) {
    return Effect.gen({ self: this }, function* () {
      // What the one before left behind, and what makes the batches, is not to be collected in this one's time.
      collect()
      const child = yield* this.child
      const started = process.hrtime.bigint()
      const before = process.cpuUsage()
      yield* run
      const { user, system } = process.cpuUsage(before)
      const wall = Number(process.hrtime.bigint() - started) / 1e9
      const after = yield* this.child
      // The time of a process that ended could not be told.
      if (child === undefined || after?.pid !== child.pid)
        return yield* Effect.die("the sandbox process was not the same all the time")
      const micros = user + system + after.cpuMicros - child.cpuMicros
      return { cpu: records / (micros / 1e6), wall: records / wall }
    })
  }

  /** The sandbox process that runs the segments, and its CPU time. */
  private get child() {
    return Effect.map(this.processes, (all) => all.find(({ domain }) => domain === "bench"))
  }

  row(): BenchRow {
    const medianOf = (name: string) => ({
      name,
      cpu: median((this.results.get(name) ?? []).map((one) => one.cpu)),
      wall: median((this.results.get(name) ?? []).map((one) => one.wall))
    })
    const ours = medianOf("ours")
    const peers = this.race.peers.map(({ name }) => medianOf(name))
    const peer = peers.reduce((best, each) => (each.cpu > best.cpu ? each : best))
    return {
      name: this.race.name,
      ours: ours.cpu,
      peer: peer.cpu,
      peerName: peer.name,
      ratio: ours.cpu / peer.cpu,
      unit: "records per CPU-second",
      rounds,
      verified: this.isVerified,
      machine: machine(),
      wall: ours.wall
    }
  }
}

const valuesOf = (frame: Uint8Array): readonly Uint8Array[] => {
  const cursor = new BatchCursor(frame)
  const values: Uint8Array[] = []
  while (cursor.next()) values.push(frame.subarray(cursor.valueStart, cursor.valueEnd))
  return values
}
