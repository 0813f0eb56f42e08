import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Run, RunningPipelines } from "../../controller/running-pipelines.ts"
import type { NodeTraits } from "../../observe/node-traits.ts"
import type { WatchedNode, WatchedPipeline } from "../../observe/rules/rules-in-force.ts"
import { Watched } from "../../observe/watched.ts"
import type { Plan, PlannedNode } from "../../plan/index.ts"

/** One and the same: rules are made anew where this is another. */
const noAlerts: WatchedPipeline["alerts"] = {}

/** What the worker has in its hands, as alert rules are made for it. */
export const watchedPipelinesLayer = Layer.effect(
  Watched,
  Effect.map(RunningPipelines, (running) =>
    Watched.of({
      pipelines: Effect.map(running.all, (runs) =>
        runs.map(({ plan, stored }) => ({
          pipeline: stored.pipeline,
          owner: stored.owner,
          alerts: plan.pipeline.alerts ?? noAlerts,
          nodes: watchedNodes(plan)
        }))
      )
    })
  )
)

/** A node of a plan with where it runs; undefined where the plan has no such node. */
export const watchedNode = ({ plan }: Run, name: string): WatchedNode | undefined =>
  watchedNodes(plan).find(({ node }) => node === name)

const kept = new WeakMap<Plan, readonly WatchedNode[]>()

/** Made once for each plan: rules are judged every few seconds. */
const watchedNodes = (plan: Plan): readonly WatchedNode[] => {
  const known = kept.get(plan)
  if (known !== undefined) return known
  const places = new Map(
    plan.physical.chains.flatMap(({ head, segments }) =>
      segments.flatMap(({ domain, nodes }) =>
        nodes.map(({ spec }) => [spec.node, { chain: head, domain, timers: spec.timers === true }] as const)
      )
    )
  )
  const made = plan.nodes.flatMap((node) => {
    const place = places.get(node.name)
    if (place === undefined) return []
    const { chain, domain, timers } = place
    return [{ node: node.name, chain, domain, traits: traitsOf(plan, node, timers) }]
  })
  kept.set(plan, made)
  return made
}

const traitsOf = (plan: Plan, node: PlannedNode, usesTime: boolean): NodeTraits => ({
  kind: node.kind,
  takes: node.kind !== "source",
  gives: node.kind !== "sink",
  keepsState: node.state.length > 0 || usesTime,
  usesTime,
  asks: Object.keys(node.tables).length > 0 || plan.permissions.some((each) => each.node === node.name)
})
