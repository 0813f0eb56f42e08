import type { Segment, SegmentCall, SegmentHost } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { Peer } from "../avsc-peer.ts"
import type { InProcessSegment } from "../in-process.ts"
import type { Batch } from "./batches.ts"
import { valuesOf } from "./batches.ts"

/** Who is measured: takes batches, and can be asked what it makes of one. */
export interface Contestant {
  readonly name: string
  readonly run: (batches: readonly Batch[]) => Effect.Effect<void>
  /** The values that come of a batch, one after the other. */
  readonly values: (batch: Batch) => Effect.Effect<Uint8Array>
}

const noHost: SegmentHost = {
  request: () => Effect.die("the benched plugins ask for nothing"),
  readState: () => Effect.succeed(new Uint8Array(0))
}

export const callOf = (frame: Uint8Array): SegmentCall => ({
  partition: 0,
  now: 1_436_918_400_000,
  seed: new Uint8Array(32),
  head: {
    kind: "records",
    inputs: [{ input: "input", topic: "bids", topicPartition: 0, baseOffset: 0n, frame }],
    end: false
  },
  tables: []
})

/** Calls of the pool, as two tasks make them that share a process: each has a segment, and waits for its own answers alone. */
export const sandboxed = (name: string, [one, other]: Tasks): Contestant => ({
  name,
  run: (batches) => {
    const half = Math.ceil(batches.length / 2)
    const lanes = [calls(one, batches.slice(0, half)), calls(other, batches.slice(half))]
    return Effect.all(lanes, { concurrency: lanes.length, discard: true })
  },
  values: ({ frame }) =>
    Effect.map(takenBy(one, frame), ({ outputs }) =>
      Buffer.concat(outputs.map((output) => valuesOf(output.frame)))
    )
})

/** Calls of one task alone in its process, which waits for each answer before it asks again. */
export const lone = (name: string, segment: Segment): Contestant => ({
  name,
  run: (batches) => calls(segment, batches),
  values: sandboxed(name, [segment, segment]).values
})

/** The segments of two tasks. */
export type Tasks = readonly [Segment, Segment]

const calls = (segment: Segment, batches: readonly Batch[]) =>
  Effect.forEach(batches, ({ frame }) => takenBy(segment, frame), { discard: true })

/** What a segment makes of a frame, and its counts. */
export const takenBy = (segment: Segment, frame: Uint8Array) =>
  Effect.orDie(segment.call(callOf(frame), noHost))

export const inProcess = (segment: InProcessSegment): Contestant => ({
  name: "in process",
  run: (batches) =>
    Effect.sync(() => {
      for (const { frame } of batches) segment.run(frame)
    }),
  values: ({ frame }) =>
    Effect.sync(() => {
      const out = segment.run(frame)
      return out === undefined ? new Uint8Array(0) : valuesOf(out)
    })
})

export const unsandboxed = ({ name, out, work }: Peer): Contestant => ({
  name,
  run: (batches) =>
    Effect.sync(() => {
      for (const batch of batches) work(batch)
    }),
  values: (batch) => Effect.sync(() => out.subarray(0, work(batch)))
})
