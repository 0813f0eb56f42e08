import type { PlanProblem } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { readingOf } from "../../plan/difference/state-reading.ts"
import type { Plan, PlannedNode } from "../../plan/index.ts"
import { type NodeState, Transport } from "../../transport/transport.ts"
import { logFailed } from "../topics.ts"

/**
 * State that is kept now and that a plan could not go on with. It goes by what the log has rather than by the plan before,
 * which may never have come to open its state. What the plan has no more is no problem: it says so itself.
 */
export const stateProblems = Effect.fn("stateProblems")(function* (plan: Plan) {
  const transport = yield* Transport
  const kept = yield* Effect.mapError(transport.statesOf(plan.pipeline.pipeline), logFailed)
  return problemsWith(
    plan,
    kept.filter(({ partitions }) => partitions.length > 0)
  )
})

/** State that is kept, here or in a savepoint, and that a plan could not go on with. */
export const problemsWith = (plan: Plan, kept: readonly KeptStates[]): readonly PlanProblem[] =>
  plan.nodes.flatMap((node) => {
    const state = kept.find((each) => each.node === node.name)
    return state === undefined ? [] : problemsOf(node, state)
  })

type KeptStates = Pick<NodeState, "key" | "node"> & {
  readonly states: readonly Omit<NodeState["states"][number], "slot">[]
}

const problemsOf = (node: PlannedNode, kept: KeptStates): readonly PlanProblem[] => {
  if (node.stateKey === undefined) return []
  if (kept.key !== "" && kept.key !== node.stateKey)
    return [
      problem(
        node,
        `the state of ${node.name} is kept for records of ${kept.key}; they would come as ${node.stateKey}, and it would not be found`,
        "Key the records as before, or give the node another name to begin with no state"
      )
    ]
  const wanted = new Map(node.state.map((state) => [state.name, state]))
  return kept.states.flatMap((state) => {
    const next = wanted.get(state.name)
    if (next === undefined) return []
    const reading = readingOf(state, next)
    if (reading.reading !== "none") return []
    return [
      problem(
        node,
        `the state ${state.name} of ${node.name} cannot go on: ${reading.reasons.join("; ")}`,
        `Let ${node.plugin} read what is kept (a default for a new field, or \`migrate\`)`
      )
    ]
  })
}

const problem = ({ name }: PlannedNode, message: string, remedy: string): PlanProblem => ({
  code: "STATE_INCOMPATIBLE",
  message,
  path: `nodes.${name}`,
  remedy: `${remedy}; or lose it with --discard-state. docs/how-to/upgrade-state.md`
})
