import { emptyCounts } from "@millrace/sandbox"
import type { NodeCounts } from "@millrace/sandbox"
import { BatchWriter, timerInput } from "@millrace/sdk/record"
import { assert, describe, it } from "vitest"
import { addImbalances, callImbalances } from "./ledger.ts"

const frameOf = (records: number): Uint8Array => {
  const writer = new BatchWriter()
  writer.begin(new Uint8Array(32))
  for (let i = 0; i < records; i++) writer.append({ timestamp: 0, key: null }, new Uint8Array([i]))
  return writer.finish()
}

const inputOf = (records: number, input = "input") => ({
  input,
  topic: "t",
  topicPartition: 0,
  baseOffset: 0n,
  frame: frameOf(records)
})

const outputOf = (records: number) => ({ output: "out", frame: frameOf(records) })

const countsOf = (node: string, counts: Partial<NodeCounts>): NodeCounts => ({
  ...emptyCounts(node),
  ...counts
})

const filter = countsOf("filter", { recordsIn: 10, handled: 6, filtered: 3, failed: 1, recordsOut: 6 })
const split = countsOf("split", { recordsIn: 6, handled: 6, recordsOut: 12 })

describe("the ledger of a call", () => {
  it("has nothing to say where every count meets its other half", () => {
    const result = { counts: [filter, split], outputs: [outputOf(5), outputOf(7)] }
    assert.deepEqual({ ...callImbalances([inputOf(4), inputOf(6)], result, false) }, {})
  })

  it("does not count timers, which are records of no topic", () => {
    const result = { counts: [filter, split], outputs: [outputOf(12)] }
    assert.deepEqual({ ...callImbalances([inputOf(10), inputOf(3, timerInput)], result, false) }, {})
  })

  it("names the place where records were lost or repeated, and how many", () => {
    const found = (inputs: number, counts: readonly NodeCounts[], outputs: number, isSink = false) => ({
      ...callImbalances([inputOf(inputs)], { counts, outputs: [outputOf(outputs)] }, isSink)
    })
    assert.deepEqual(found(11, [filter, split], 12), { "into filter": 1 })
    assert.deepEqual(found(10, [filter, { ...split, recordsIn: 7, handled: 7 }], 12), {
      "from filter to split": -1
    })
    assert.deepEqual(found(10, [{ ...filter, filtered: 2 }, split], 12), { "at filter": 1 })
    assert.deepEqual(found(10, [filter, split], 11), { "out of split": 1 })
    assert.deepEqual(found(10, [filter, split], 13), { "out of split": -1 })
    assert.deepEqual(found(10, [filter, split], 0, true), {})
  })

  it("adds up, and forgets a place that comes out even", () => {
    assert.deepEqual({ ...addImbalances({ a: 1, b: 2 }, { a: -1, c: 3 }) }, { b: 2, c: 3 })
  })
})
