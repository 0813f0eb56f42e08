import { type ApiError, apiError } from "@millrace/sdk/api"
import { type MigrationFailure, openMigration } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { readingOf } from "../../plan/difference/state-reading.ts"
import type { NodePlan, SegmentPlan } from "../../plan/physical.ts"
import type { Plan, PlannedNode } from "../../plan/index.ts"
import { type NodeState, type StateMigrator, Transport } from "../../transport/transport.ts"
import { wantedStates } from "../../worker/chain/open-chain.ts"
import { logFailed } from "../topics.ts"
import { keyText } from "./key-text.ts"

/**
 * Makes the state anew that a plan's plugins migrate, while nothing of the pipeline runs. It is done for all values at once:
 * so a value that a migration cannot take is found while the version before can still go on, no later version has to keep the
 * function, and a rollback meets state of one form. What is made is taken when the plan is opened, and dropped when another is.
 */
export const migrateState = Effect.fn("migrateState")(function* (plan: Plan) {
  const transport = yield* Transport
  const kept = yield* Effect.mapError(transport.statesOf(plan.pipeline.pipeline), logFailed)
  for (const node of plan.nodes) {
    const state = kept.find((each) => each.node === node.name)
    if (state === undefined || state.partitions.length === 0) continue
    if (state.key !== "" && state.key !== node.stateKey) continue
    const wanted = migratedOf(node, state)
    if (wanted.length > 0) yield* Effect.scoped(migrateNode(plan, node, wanted))
  }
})

interface Migrated {
  readonly state: string
  /** Schema text that values are kept with. */
  readonly kept: string
  readonly from: number
}

const migratedOf = (node: PlannedNode, kept: NodeState): readonly Migrated[] =>
  kept.states.flatMap((state) => {
    const next = node.state.find(({ name }) => name === state.name)
    if (next === undefined) return []
    const reading = readingOf(state, next)
    return reading.reading === "migrated"
      ? [{ state: state.name, kept: state.schema, from: reading.from }]
      : []
  })

const migrateNode = Effect.fnUntraced(function* (
  plan: Plan,
  node: PlannedNode,
  migrated: readonly Migrated[]
) {
  const transport = yield* Transport
  const { pipeline } = plan.pipeline
  for (const { schema } of node.state) yield* Effect.mapError(transport.putSchema(schema), logFailed)
  const { nodePlan, segment } = placeOf(plan, node.name)
  if (nodePlan === undefined || segment === undefined) return
  const migrators: { [state: string]: StateMigrator<ApiError, never> } = {}
  for (const { from, kept, state } of migrated) {
    const planned = node.state.find(({ name }) => name === state)
    if (planned === undefined) continue
    const schemas = { kept, from: planned.migrate?.[from] ?? kept, now: planned.schema }
    const failed = ({ key, reason }: MigrationFailure) =>
      apiError("STATE_MIGRATION_FAILED", {
        node: node.name,
        state,
        key: key === undefined ? "-" : keyText(key, node.keyForms ?? []),
        reason
      })
    const { domain, limits } = segment
    const place = { spec: nodePlan.spec, domain, limits, state, index: from, schemas }
    const migration = yield* Effect.mapError(openMigration(place), failed)
    migrators[state] = (values) => Effect.mapError(migration(values), failed)
  }
  yield* transport
    .restageState(pipeline, node.name, wantedStates(nodePlan), migrators)
    .pipe(Effect.catchTag("TransportError", (error) => Effect.fail(logFailed(error))))
})

const placeOf = (
  plan: Plan,
  node: string
): { readonly nodePlan: NodePlan | undefined; readonly segment: SegmentPlan | undefined } => {
  const segment = plan.physical.chains
    .flatMap(({ segments }) => segments)
    .find(({ nodes }) => nodes.some(({ spec }) => spec.node === node))
  return { segment, nodePlan: segment?.nodes.find(({ spec }) => spec.node === node) }
}
