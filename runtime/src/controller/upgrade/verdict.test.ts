import { assert, describe, it } from "vitest"
import type { ChainPlan, PhysicalPlan } from "../../plan/physical.ts"
import type { CanaryRun } from "../../worker/run-plan.ts"
import { makeTaskFacts, meterCounts, type TaskFacts, type TaskState } from "../../worker/task/task-facts.ts"
import { taskFailure } from "../../worker/task/task-failure.ts"
import { verdictOf } from "./verdict.ts"

const chain = (head: string): ChainPlan => ({
  head,
  partitions: 2,
  inputs: [],
  tables: [],
  segments: [
    {
      domain: "test",
      nodes: [],
      limits: { memoryMiB: 1, deadlineMs: 1, maxOutputBytes: 1, maxOutputRecordsPerInput: 1 }
    }
  ],
  outputs: [],
  deadLetterTopic: "p.dead-letters",
  errorBudget: { window: 1, minimum: 1, ratio: 1 }
})

const planOf = (...heads: readonly string[]): PhysicalPlan => ({
  pipeline: "p",
  hash: "",
  topics: [],
  schemas: [],
  chains: heads.map(chain)
})

const task = (node: string, partition: number, state: TaskState, worked = false): TaskFacts => {
  const facts = makeTaskFacts({ pipeline: "p", node, partition })
  facts.state = state
  if (state === "failed") facts.error = taskFailure("PLUGIN_FAILED", `${node}/${partition} broke`, node)
  if (worked) {
    facts.batches = 1
    const counts = { recordsIn: 1, recordsOut: 1, handled: 1, filtered: 0, failed: 0, late: 0 }
    meterCounts(facts, [{ node, ...counts, bytesIn: 9, bytesOut: 9, cpuMicros: 1 }])
  }
  return facts
}

const judge = (plan: PhysicalPlan, tasks: readonly TaskFacts[], error?: string, canary?: CanaryRun) =>
  verdictOf({
    plan,
    canary,
    tasks: () => tasks,
    chainErrors: () =>
      error === undefined
        ? []
        : [{ chain: error, error: taskFailure("BUNDLE_FAILED", "it does not open", error) }]
  })

describe("the verdict on a revision that was just started", () => {
  it("is open while a task has a first batch in hand, or none was started", () => {
    assert.strictEqual(judge(planOf("a"), []).is, "open")
    assert.strictEqual(judge(planOf("a"), [task("a", 0, "running"), task("a", 1, "failed")]).is, "open")
    assert.strictEqual(judge(planOf("a"), [task("a", 0, "retrying")]).is, "open")
  })

  it("is that it runs when every chain has worked, or is done", () => {
    const tasks = [task("a", 0, "running", true), task("a", 1, "waiting"), task("b", 0, "completed")]
    assert.strictEqual(judge(planOf("a", "b"), tasks).is, "runs")
  })

  it("is idle where a chain waits for its first record", () => {
    const tasks = [task("a", 0, "running", true), task("b", 0, "waiting")]
    assert.strictEqual(judge(planOf("a", "b"), tasks).is, "idle")
  })

  it("is that it failed where a chain did not open, or failed before it had worked", () => {
    const unopened = judge(planOf("a", "b"), [task("a", 0, "running", true)], "b")
    assert.deepInclude(unopened, { is: "failed", chain: "b" })
    const broken = judge(planOf("a"), [task("a", 0, "failed"), task("a", 1, "waiting")])
    assert.deepInclude(broken, { is: "failed", chain: "a" })
  })

  it("is that it runs where some tasks of a chain work and others fail: those failed by their records", () => {
    const tasks = [task("a", 0, "failed"), task("a", 1, "waiting", true)]
    assert.strictEqual(judge(planOf("a"), tasks).is, "runs")
  })

  it("goes by the partitions of a canary alone", () => {
    const tasks = [task("a", 0, "failed"), task("a", 1, "running", true)]
    const canary = { beside: planOf("a"), revision: 1, partitions: { a: [0] } }
    assert.strictEqual(judge(planOf("a"), tasks, undefined, canary).is, "failed")
    const other = { beside: planOf("a"), revision: 1, partitions: { a: [1] } }
    assert.strictEqual(judge(planOf("a"), tasks, undefined, other).is, "runs")
  })

  it("takes a commit that only passed event time on for no work", () => {
    const pulsed = task("a", 0, "waiting")
    pulsed.batches = 1
    assert.strictEqual(judge(planOf("a"), [pulsed]).is, "idle")
  })
})
