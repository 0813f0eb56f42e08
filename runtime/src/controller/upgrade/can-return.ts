import * as Effect from "effect/Effect"
import { canonicalJson } from "../../pipeline/index.ts"
import type { Plan } from "../../plan/index.ts"
import type { PhysicalPlan } from "../../plan/physical.ts"
import { type NodeState, Transport } from "../../transport/transport.ts"
import type { Trial } from "../run-marks.ts"
import { problemsWith } from "../state/state-problems.ts"
import { logFailed } from "../topics.ts"
import { commitsOf } from "./trial.ts"

/**
 * What keeps a revision from being taken again that ran before one on trial; none: every record will have counted once. Asked
 * while the pipeline stands still. Where the new one made nothing durable, its places are all as they were. Where it did, tasks
 * must be the same ones, reading and writing the same topics: what the one has read the other has not to read again.
 */
export const returnObstacles = Effect.fn("returnObstacles")(function* (
  { before, tried }: { readonly before: Plan; readonly tried: Plan },
  trial: Trial
) {
  const { pipeline } = before.pipeline
  const transport = yield* Transport
  const kept = yield* Effect.mapError(transport.statesOf(pipeline), logFailed)
  // Also of state that is empty: the new one may have begun it anew.
  const unreadable = problemsWith(before, kept).map(({ message }) => message)
  const commits = yield* Effect.mapError(commitsOf(pipeline), logFailed)
  const moved =
    commits === trial.commits || isSameLayout(before.physical, tried.physical)
      ? []
      : ["it has already made records durable in other tasks and topics than the revision before has"]
  return [...unreadable, ...droppedStates(before, kept), ...moved]
})

/** State that was kept for a plan and that the log has no more. */
const droppedStates = (plan: Plan, kept: readonly NodeState[]): readonly string[] =>
  plan.nodes.flatMap(({ name, state }) => {
    const found = kept.find(({ node }) => node === name)
    if (found === undefined) return []
    const names = new Set(found.states.map((each) => each.name))
    return state
      .filter((each) => !names.has(each.name))
      .map((each) => `the state ${each.name} of ${name} is no longer there`)
  })

/** True when both plans run the same tasks over the same topics; what the tasks do may differ. */
export const isSameLayout = (left: PhysicalPlan, right: PhysicalPlan): boolean =>
  canonicalJson(layoutOf(left)) === canonicalJson(layoutOf(right))

const layoutOf = ({ chains, topics }: PhysicalPlan) => ({
  topics: topics.map(({ name, partitions }) => ({ name, partitions })),
  chains: chains.map((chain) => ({
    head: chain.head,
    partitions: chain.partitions,
    inputs: chain.inputs.map(({ input, producers, topic }) => ({ input, producers, topic })),
    tables: chain.tables.map(({ handle, node, topic }) => ({ handle, node, topic })),
    outputs: chain.outputs.map(({ key = [], topic }) => ({ key, topic })),
    sink: chain.sink?.node ?? ""
  }))
})
