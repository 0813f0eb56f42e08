import type { InputFrame, Segment, SegmentCall, SegmentResult } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { runFrames, runSource } from "./chain-run.ts"
import type { OpenChain } from "./open-chain.ts"
import { taskFailure } from "../task/task-failure.ts"
import { Alignment } from "../time/alignment.ts"
import { loadPlan, nodePlan } from "../testing/scripted-plan.ts"
import { frameOf } from "../testing/scripted-pool.ts"

const nothing: SegmentResult = {
  outputs: [],
  state: new Uint8Array(0),
  deadLetters: [],
  counts: [],
  logs: [],
  metrics: [],
  traces: []
}
const refused = taskFailure("UNUSED", "not for this test")

const segmentOf = (call: (call: SegmentCall) => SegmentResult): Segment => ({
  call: (given) => Effect.sync(() => call(given)),
  sourcePartitions: () => Effect.succeed([]),
  commitSink: () => Effect.void,
  recoverSink: () => Effect.void
})

/** A source that gives three frames, and a node after it in a segment of its own; answers what that was given. */
const handedOver = async (given: bigint): Promise<readonly InputFrame[]> => {
  let inputs: readonly InputFrame[] = []
  const frames = [frameOf(["a", "b"]), frameOf(["c"]), frameOf(["d"])]
  const source = segmentOf(() => ({
    ...nothing,
    outputs: frames.map((frame) => ({ output: "out", frame })),
    source: { positionJson: "4", next: "more", waitMs: 0 }
  }))
  const after = segmentOf(({ head }) => {
    inputs = head.kind === "records" ? head.inputs : []
    return nothing
  })
  const [first] = loadPlan().chains
  assert(first !== undefined)
  const [segment] = first.segments
  assert(segment !== undefined)
  const chain: OpenChain = {
    pipeline: "load",
    plan: { ...first, segments: [segment, { ...segment, nodes: [nodePlan("pass", "pass", "processor")] }] },
    segments: [source, after],
    tables: [],
    keyed: undefined,
    states: [],
    request: () => Effect.die("no request is made here"),
    alignment: new Alignment(undefined),
    inbox: undefined,
    tail: () => Effect.fail(refused)
  }
  const host = { request: chain.request, readState: () => Effect.succeed(new Uint8Array(0)) }
  const head = {
    kind: "source",
    partition: "p0",
    positionJson: undefined,
    maxRecords: 10,
    maxBytes: 1_000
  } as const
  const context = { partition: 0, now: 0, seed: new Uint8Array(32), tables: [], sink: undefined, end: false }
  await Effect.runPromise(runSource(chain, host, head, context, given))
  return inputs
}

describe("a chain without segments", () => {
  it("gives on frames of its own, for who commits them writes into them", async () => {
    const [first] = loadPlan().chains
    assert(first !== undefined)
    const frame = frameOf(["a", "b"])
    const chain: OpenChain = {
      pipeline: "load",
      plan: { ...first, segments: [] },
      segments: [],
      tables: [],
      keyed: undefined,
      states: [],
      request: () => Effect.die("no request is made here"),
      alignment: new Alignment(undefined),
      inbox: undefined,
      tail: () => Effect.fail(refused)
    }
    const host = { request: chain.request, readState: () => Effect.succeed(new Uint8Array(0)) }
    const input = { input: "input", topic: "t", topicPartition: 0, baseOffset: 0n, frame }
    const context = {
      partition: 0,
      now: 0,
      seed: new Uint8Array(32),
      tables: [],
      sink: undefined,
      end: false
    }
    const { outputs } = await Effect.runPromise(runFrames(chain, host, [input], context))
    assert.lengthOf(outputs, 1)
    assert.notStrictEqual(outputs[0]?.frame, frame)
    assert.deepStrictEqual(outputs[0]?.frame, frame)
  })
})

describe("a source's records", () => {
  it("are numbered on from all that the source gave before, over the frames of a read", async () => {
    const inputs = await handedOver(100n)
    assert.deepStrictEqual(
      inputs.map(({ baseOffset }) => baseOffset),
      [100n, 102n, 103n]
    )
  })
})
