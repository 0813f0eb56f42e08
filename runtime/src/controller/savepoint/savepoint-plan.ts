import { type ApiError, apiError, type PlanProblem } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { readingOf } from "../../plan/difference/state-reading.ts"
import type { Plan } from "../../plan/index.ts"
import { listeningNodes } from "../../worker/inbox/inbox-settings.ts"
import { problemsWith } from "../state/state-problems.ts"
import type { SavepointHead } from "./savepoint-head.ts"
import { Savepoints } from "./savepoints.ts"

/** A savepoint that a plan is to begin from, and what the plan could not take over of it. */
export interface PlannedRestore {
  readonly head: SavepointHead
  readonly problems: readonly PlanProblem[]
  /** What becomes of what, in words. */
  readonly notes: readonly string[]
}

/** Looks at every byte of the savepoint `PIPELINE/NAME`, and at whether the plan can go on from it. */
export const plannedRestore = Effect.fn("plannedRestore")(function* (
  plan: Plan,
  from: string
): Effect.fn.Return<PlannedRestore, ApiError, Savepoints> {
  const savepoints = yield* Savepoints
  const [pipeline = "", savepoint = "", ...rest] = from.split("/")
  if (rest.length > 0) return yield* apiError("SAVEPOINT_UNKNOWN", { pipeline, savepoint: from })
  const head = yield* savepoints.check(pipeline, savepoint)
  return {
    head,
    problems: [...problemsWith(plan, head.states), ...otherProblems(plan, head)],
    notes: notesOf(plan, head)
  }
})

const otherProblems = (plan: Plan, head: SavepointHead): readonly PlanProblem[] => {
  const listening = head.pipeline === plan.pipeline.pipeline ? [] : listeningNodes(plan.physical)
  return [
    ...plan.nodes.flatMap((node) =>
      (head.states.find((each) => each.node === node.name)?.states ?? []).flatMap((state) => {
        const wanted = node.state.find(({ name }) => name === state.name)
        if (wanted === undefined || readingOf(state, wanted).reading !== "migrated") return []
        return [
          problem(
            node.name,
            `the state ${state.name} of ${node.name} would have to be migrated`,
            "Apply the version that the savepoint was taken of, and upgrade it then"
          )
        ]
      })
    ),
    ...listening.map(({ node }) =>
      problem(
        node,
        `${node} takes what is sent to ${head.pipeline}, and has nothing of it`,
        "Apply it under its own name"
      )
    )
  ]
}

const problem = (node: string, message: string, remedy: string): PlanProblem => ({
  code: "STATE_INCOMPATIBLE",
  message,
  path: `nodes.${node}`,
  remedy
})

const notesOf = (plan: Plan, head: SavepointHead): readonly string[] => {
  const nodes = new Set(plan.nodes.map(({ name }) => name))
  const saved = new Map(head.nodes.map(({ config, node }) => [node, config]))
  const sinks = plan.nodes.filter(
    ({ configJson, kind, name }) => kind === "sink" && saved.has(name) && saved.get(name) !== configJson
  )
  return [
    `everything begins as ${head.pipeline} was at the savepoint ${head.savepoint}, of ${new Date(head.takenAt).toISOString()}`,
    ...head.nodes.filter(({ node }) => !nodes.has(node)).map(({ node }) => `what ${node} kept is left out`),
    ...plan.nodes
      .filter(({ name }) => !saved.has(name))
      .map(({ name }) => `${name} is new, and begins with nothing`),
    ...sinks.map(({ name }) => `${name} writes elsewhere than it did, and begins anew there`)
  ]
}
