import { assert, describe, it } from "vitest"
import { type Task, taskLoads, withSample } from "./task-load.ts"

const tasks = (...records: readonly number[]): readonly Task[] =>
  records.map((each, partition) => ({
    chain: "sums",
    partition,
    state: "running",
    sequence: 1,
    records: each,
    lagRecords: 0
  }))

const loads = (before: readonly Task[], after: readonly Task[]) =>
  taskLoads(after, withSample(withSample([], before, 1_000), after, 3_000)).map(
    ({ isCrowded, rate, share }) => [rate, share, isCrowded]
  )

describe("the load of tasks", () => {
  it("is what each took of late, and its share of its chain", () => {
    assert.deepEqual(loads(tasks(1_000, 1_000), tasks(1_150, 1_050)), [
      [75, 0.75, true],
      [25, 0.25, false]
    ])
  })

  it("is crowded far above an even share, and not a little above", () => {
    const crowded = (...records: readonly number[]) =>
      taskLoads(tasks(...records), []).map(({ isCrowded }) => isCrowded)
    assert.deepEqual(crowded(600, 400), [false, false])
    assert.deepEqual(crowded(490, 200, 200, 110), [false, false, false, false])
    assert.deepEqual(crowded(500, 200, 200, 100), [true, false, false, false])
    assert.deepEqual(crowded(1_000), [false])
  })

  it("goes by all so far while little moves, and says nothing of too few", () => {
    assert.deepEqual(loads(tasks(900, 80), tasks(900, 100)), [
      [0, 0.9, true],
      [10, 0.1, false]
    ])
    assert.deepEqual(loads(tasks(30, 0), tasks(40, 0))[0], [5, undefined, false])
  })

  it("begins again where a pipeline began anew", () => {
    const samples = withSample(withSample([], tasks(500, 500), 1_000), tasks(20, 10), 3_000)
    assert.lengthOf(samples, 1)
    assert.isUndefined(taskLoads(tasks(20, 10), samples)[0]?.rate)
  })

  it("looks back over few samples, and takes none twice", () => {
    let samples = withSample([], tasks(0), 0)
    for (let n = 1; n <= 9; n++) samples = withSample(samples, tasks(n * 10), n * 2_000)
    assert.lengthOf(samples, 6)
    assert.strictEqual(withSample(samples, tasks(90), 18_000), samples)
    assert.strictEqual(taskLoads(tasks(90), samples)[0]?.rate, 5)
  })
})
