import type { CanaryWish, PlanProblem, PlanRequest } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { canonicalJson } from "../../pipeline/index.ts"
import type { Plan, PlannedNode } from "../../plan/index.ts"
import type { ChainPlan } from "../../plan/physical.ts"
import { RunningPipelines } from "../running-pipelines.ts"
import type { StoredPipeline } from "../store.ts"
import { isSameLayout } from "./can-return.ts"
import { readCanary } from "./rollout.ts"
import { trialAfter } from "./trial.ts"

/** Which partitions of which chains would run the new plan, or all that stands in the way of a canary. */
export type PlannedCanary =
  | { readonly partitions: { readonly [chain: string]: readonly number[] } }
  | { readonly problems: readonly PlanProblem[] }

/**
 * Chooses the partitions of a canary. It is sound where either plan could take over any task from the other at any batch: the same
 * tasks over the same topics, records of the same schema and key, and the same state. The rest is refused with why.
 */
export const planCanary = (before: Plan, next: Plan, wish: CanaryWish): PlannedCanary => {
  if (!isSameLayout(before.physical, next.physical))
    return refused([
      problem(
        "",
        "the new plan has other tasks or topics than the one that runs",
        "Apply it without a canary"
      )
    ])
  const old = new Map(before.nodes.map((node) => [node.name, node]))
  const problems = next.nodes.flatMap((node) => contractProblems(old.get(node.name), node))
  const chains = changedChains(before, next)
  if (chains.length === 0)
    problems.push(problem("", "no node would do other work", "Change a plugin's version or a node's config"))
  const chosen = chains.map((chain) => ({ chain, ...choose(chain, wish) }))
  problems.push(...chosen.flatMap((each) => each.problems))
  if (problems.length > 0) return refused(problems)
  return { partitions: Object.fromEntries(chosen.map(({ chain, partitions }) => [chain.head, partitions])) }
}

/** The canary that a request asks for, of the revision that runs. */
export const canaryOf = Effect.fn("canaryOf")(function* (
  { canary, from }: Pick<PlanRequest, "canary" | "from">,
  current: StoredPipeline | undefined,
  next: Plan
) {
  const no = (message: string, remedy: string) => refused([problem("", message, remedy)])
  const { pipeline } = next.pipeline
  if (canary === undefined) return no("none was asked for", "Say --canary")
  if (current === undefined) return no("nothing of it runs yet", "Apply it without a canary first")
  if (from !== undefined) return no("it would begin from a savepoint", "Apply it without a canary")
  if ((yield* readCanary(current.planJson)) !== undefined)
    return no(
      `revision ${current.revision} is a canary already`,
      `Take it everywhere with \`millrace pipeline promote ${pipeline}\`, or back with \`millrace pipeline rollback ${pipeline}\``
    )
  const running = yield* RunningPipelines
  const run = (yield* running.all).find(({ stored }) => stored.pipeline === pipeline)
  if ((yield* running.hasEnded(pipeline)) || run === undefined || trialAfter(run) === undefined)
    return no(
      "it does not run now, or not well",
      `Look at \`millrace status ${pipeline}\`, and apply without a canary`
    )
  return planCanary(run.plan, next, canary)
})

const refused = (problems: readonly PlanProblem[]): PlannedCanary => ({ problems })

const problem = (node: string, message: string, remedy: string): PlanProblem => ({
  code: "CANARY_REFUSED",
  message: node === "" ? message : `${node}: ${message}`,
  path: node === "" ? "pipeline" : `nodes.${node}`,
  remedy
})

/** A canary is a change of what is done with records, not of the records and of what is kept of them. */
const contractProblems = (before: PlannedNode | undefined, after: PlannedNode): readonly PlanProblem[] => {
  if (before === undefined) return [problem(after.name, "it is new", "Apply new nodes without a canary")]
  const differs = (part: (node: PlannedNode) => unknown): boolean =>
    canonicalJson(part(before)) !== canonicalJson(part(after))
  const found: string[] = []
  if (differs(({ inputs, tables }) => ({ inputs, tables }))) found.push("it takes other records")
  if (
    differs(({ outputs }) =>
      Object.values(outputs).map(({ key, schema, stream = "" }) => ({ key, schema, stream }))
    )
  )
    found.push("it gives records of another schema, key or stream")
  if (differs(({ keyForms = [], state, stateKey = "" }) => ({ keyForms, state: state.map(kept), stateKey })))
    found.push("its state is another, and both revisions would read and write the same")
  return found.map((message) =>
    problem(after.name, message, "Apply it without a canary: an upgrade checks and converts this")
  )
}

const kept = ({ kind, mapKey = "", name, schema }: PlannedNode["state"][number]) => ({
  kind,
  mapKey,
  name,
  schema
})

/** The chains of the new plan that would do other work than before. */
const changedChains = (before: Plan, next: Plan): readonly ChainPlan[] => {
  const old = new Map(before.physical.chains.map((chain) => [chain.head, workOf(chain)]))
  return next.physical.chains.filter((chain) => old.get(chain.head) !== workOf(chain))
}

const workOf = ({ segments, watermark }: ChainPlan): string =>
  JSON.stringify({
    watermark,
    segments: segments.map(({ nodes }) =>
      nodes.map(({ permissions, spec }) => ({
        permissions,
        node: spec.node,
        plugin: spec.plugin,
        digest: spec.digest,
        configJson: spec.configJson,
        onError: spec.onError
      }))
    )
  })

interface Choice {
  readonly partitions: readonly number[]
  readonly problems: readonly PlanProblem[]
}

/** A share is of whole partitions, the lowest first: at least one, and one stays as it was. */
const choose = ({ head, partitions }: ChainPlan, wish: CanaryWish): Choice => {
  const no = (message: string, remedy: string): Choice => ({
    partitions: [],
    problems: [problem(head, message, remedy)]
  })
  if (partitions === "source")
    return no(
      "it runs in its source's own tasks, which have no partitions to choose from",
      "Give the source's records a stream (`stream:`), or apply without a canary"
    )
  if (partitions < 2)
    return no("its stream has one partition, and a canary needs two", "Apply without a canary")
  if ("percent" in wish) {
    const count = Math.min(partitions - 1, Math.max(1, Math.round((partitions * wish.percent) / 100)))
    return { partitions: Array.from({ length: count }, (_, partition) => partition), problems: [] }
  }
  const chosen = [...new Set(wish.partitions)].toSorted((left, right) => left - right)
  const unknown = chosen.filter((partition) => partition >= partitions)
  if (unknown.length > 0)
    return no(
      `it has no partition ${unknown.join(", ")}: they are numbered from 0 to ${partitions - 1}`,
      "Name others"
    )
  if (chosen.length === partitions)
    return no("all of its partitions are named: nothing would stay as it was", "Apply without a canary")
  return { partitions: chosen, problems: [] }
}
