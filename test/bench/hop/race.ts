import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { machine, median } from "../row.ts"
import type { BenchRow } from "../row.ts"
import type { Batch } from "./batches.ts"
import type { Contestant } from "./contestant.ts"

setFlagsFromString("--expose-gc")
const collect: () => void = runInNewContext("gc")

/** What a contestant took in a round. */
interface Taken {
  readonly records: number
  readonly cpuMicros: number
  readonly seconds: number
}

/** Of a turn, before anything is measured. */
export const warmBatches = 8

/** A contestant in a race, and over which batches it runs where they are not the race's own. */
export interface Runner {
  readonly contestant: Contestant
  readonly input?: (batches: readonly Batch[]) => Effect.Effect<readonly Batch[]>
}

export interface RaceOptions {
  readonly name: string
  readonly ours: Contestant
  readonly peers: readonly Runner[]
  /** Which of the peers counts. */
  readonly against: "fastest" | "slowest"
  /** True: all must give the same values, byte for byte; false: that was shown before. */
  readonly compares: boolean
}

/** Contestants over the same batches, in turns, beginning with another one each time. */
export class Race {
  private readonly options: RaceOptions
  /** By contestant, for each round. */
  private readonly results = new Map<string, Taken[]>()
  private isVerified = true

  constructor(options: RaceOptions) {
    this.options = options
  }

  /** Warms all up, and compares what they give. */
  verify(batches: readonly Batch[]) {
    return Effect.gen({ self: this }, function* () {
      const { compares, ours, peers } = this.options
      for (const batch of batches) {
        const expected = yield* ours.values(batch)
        for (const { contestant } of compares ? peers : []) {
          const values = yield* contestant.values(batch)
          if (values.length === 0 || Buffer.compare(values, expected) !== 0) this.isVerified = false
        }
      }
      for (const { contestant, input } of peers)
        yield* contestant.run(input === undefined ? batches : yield* input(batches))
    })
  }

  /** One turn of each, as a part of a round. */
  turn(batches: readonly Batch[], round: number, turn: number) {
    return Effect.gen({ self: this }, function* () {
      const runners: readonly Runner[] = [{ contestant: this.options.ours }, ...this.options.peers]
      for (let place = 0; place < runners.length; place++) {
        const runner = runners[(round + turn + place) % runners.length]
        if (runner === undefined) continue
        const { contestant, input } = runner
        const taken = yield* measure(contestant, input === undefined ? batches : yield* input(batches))
        const all = this.results.get(contestant.name) ?? []
        all[round] = sumOf(all[round], taken)
        this.results.set(contestant.name, all)
      }
    })
  }

  row(): BenchRow {
    const medianOf = ({ name }: Contestant) => {
      const all = this.results.get(name) ?? []
      return {
        name,
        cpu: median(all.map(cpuRate)),
        wall: median(all.map(({ records, seconds }) => records / seconds))
      }
    }
    const { against, name, ours: contestant, peers } = this.options
    const ours = medianOf(contestant)
    const peer = peers
      .map((each) => medianOf(each.contestant))
      .reduce((best, each) => (each.cpu > best.cpu === (against === "fastest") ? each : best))
    return {
      name,
      ours: ours.cpu,
      peer: peer.cpu,
      peerName: peer.name,
      // Of each round its own, for the machine is not as fast in all of them.
      ratio: median(ratiosOf(this.results.get(ours.name) ?? [], this.results.get(peer.name) ?? [])),
      unit: "records per CPU-second",
      rounds: this.results.get(contestant.name)?.length ?? 0,
      verified: this.isVerified,
      machine: machine(),
      wall: ours.wall
    }
  }
}

const ratiosOf = (ours: readonly Taken[], peer: readonly Taken[]): readonly number[] =>
  ours.flatMap((own, round) => {
    const other = peer[round]
    return other === undefined ? [] : [cpuRate(own) / cpuRate(other)]
  })

/** Records per CPU-second. */
const cpuRate = ({ cpuMicros, records }: Taken): number => records / (cpuMicros / 1e6)

const sumOf = (sum: Taken | undefined, more: Taken): Taken =>
  sum === undefined
    ? more
    : {
        records: sum.records + more.records,
        cpuMicros: sum.cpuMicros + more.cpuMicros,
        seconds: sum.seconds + more.seconds
      }

const measure = Effect.fn("measure")(function* (contestant: Contestant, all: readonly Batch[]) {
  // What the one before left behind, and what makes the batches, is not to be collected in this one's time. With what is dead goes
  // the code that was optimised for it, of who runs in this process: it is to be there again.
  collect()
  yield* contestant.run(all.slice(0, warmBatches))
  const batches = all.slice(warmBatches)
  const records = batches.reduce((sum, { starts }) => sum + starts.length - 1, 0)
  const child = yield* sandboxProcess
  const started = process.hrtime.bigint()
  const before = process.cpuUsage()
  yield* contestant.run(batches)
  const { system, user } = process.cpuUsage(before)
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  const after = yield* sandboxProcess
  // The time of a process that ended could not be told.
  if (child === undefined || after?.pid !== child.pid)
    return yield* Effect.die("the sandbox process was not the same all the time")
  return { records, cpuMicros: user + system + after.cpuMicros - child.cpuMicros, seconds }
})

/** The sandbox process that runs the segments, and its CPU time. */
const sandboxProcess = Effect.gen(function* () {
  const pool = yield* SandboxPool
  return (yield* pool.processes).find(({ domain }) => domain === "bench")
})
