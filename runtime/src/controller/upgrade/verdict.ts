import type { ChainPlan } from "../../plan/physical.ts"
import type { RunningPipeline } from "../../worker/run-plan.ts"
import type { TaskFacts } from "../../worker/task/task-facts.ts"
import type { TaskFailure } from "../../worker/task/task-failure.ts"

/**
 * How a revision that was just started does. `runs`: every chain has made a batch durable, or is done. `idle`: what had
 * something to do did it, and some wait for records. `failed`: a chain cannot run at all. `open`: too early to say.
 */
export type Verdict =
  | { readonly is: "runs" | "idle" | "open" }
  | { readonly is: "failed"; readonly chain: string; readonly failure: TaskFailure }

/**
 * Judges a run by its own facts. A chain cannot run when it could not be opened, or when tasks of it failed for good at their
 * first batch while none got any further; a chain of which some task went on has failed by its records, and is left to its owner.
 */
export const verdictOf = (
  running: Pick<RunningPipeline, "canary" | "chainErrors" | "plan" | "tasks">
): Verdict => {
  const errors = new Map(running.chainErrors().map(({ chain, error }) => [chain, error]))
  const verdicts = running.plan.chains.map((chain) =>
    ofChain(
      chain,
      errors.get(chain.head),
      running.tasks().filter(({ task }) => task.node === chain.head && isTried(running, task))
    )
  )
  const failed = verdicts.find(({ is }) => is === "failed")
  if (failed !== undefined) return failed
  for (const is of ["open", "idle"] as const) if (verdicts.some((each) => each.is === is)) return { is }
  return { is: "runs" }
}

/** Of a chain with a canary its partitions alone are on trial: the others run what ran before. */
const isTried = (
  { canary }: Pick<RunningPipeline, "canary">,
  { node, partition }: TaskFacts["task"]
): boolean => {
  if (canary === undefined || !Object.hasOwn(canary.partitions, node)) return true
  return canary.partitions[node]?.includes(partition) === true
}

const ofChain = (
  { head, segments }: ChainPlan,
  error: TaskFailure | undefined,
  tasks: readonly TaskFacts[]
): Verdict => {
  if (error !== undefined)
    return error.transient ? { is: "open" } : { is: "failed", chain: head, failure: error }
  const hasRun = (facts: TaskFacts): boolean => facts.state === "completed" || hasWorked(facts, segments)
  if (tasks.length === 0 || tasks.some((task) => !hasRun(task) && !isSettled(task))) return { is: "open" }
  if (tasks.some(hasRun)) return { is: "runs" }
  const failure = tasks.find(({ state }) => state === "failed")?.error
  return failure === undefined ? { is: "idle" } : { is: "failed", chain: head, failure }
}

/** A commit alone tells nothing: one that only passes event time on calls no plugin. */
const hasWorked = ({ batches, nodes }: TaskFacts, segments: ChainPlan["segments"]): boolean =>
  segments.length === 0 ? batches > 0 : nodes.size > 0

const isSettled = ({ state }: TaskFacts): boolean =>
  state === "failed" || state === "waiting" || state === "paused"
