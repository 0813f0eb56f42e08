import { type PlatformRule, platformRules } from "../../telemetry/alert/rule-name.ts"
import type { RuleName, RuleOverride, RuleOverrides, Severity } from "../../telemetry/alert/rule-name.ts"
import type { Labels } from "../../telemetry/metric/definition.ts"
import type { NodeTraits } from "../node-traits.ts"
import { allRules } from "./all-rules.ts"
import type { Rule } from "./rule.ts"
import { type AlertTimes, scaledSeconds } from "./scale.ts"

/** A node that runs, as far as rules depend on it. */
export interface WatchedNode {
  readonly node: string
  readonly chain: string
  readonly domain: string
  readonly traits: NodeTraits
}

/** A pipeline that runs, as far as rules depend on it. */
export interface WatchedPipeline {
  readonly pipeline: string
  readonly owner: string
  readonly alerts: RuleOverrides
  readonly nodes: readonly WatchedNode[]
}

/** A rule for one thing that it watches, with its numbers settled. */
export interface RuleInForce {
  readonly rule: Rule
  /** Name what it watches; its alerts have them, and maybe more. */
  readonly labels: Labels
  readonly owner: string
  readonly severity: Severity
  readonly threshold: number
  readonly forSeconds: number
  /** Of a trust domain: the nodes that run in it, `pipeline/node`. */
  readonly nodes: readonly string[]
}

export interface InForceOptions {
  readonly times: AlertTimes
  /** The threshold that follows from what was observed; undefined where nothing was. */
  readonly observed: (rule: Rule, labels: Labels) => number | undefined
}

interface Watched {
  readonly labels: Labels
  readonly owner: string
  readonly traits: readonly NodeTraits[]
  readonly alerts: readonly RuleOverrides[]
  readonly nodes: readonly string[]
}

/** Every rule for everything that runs, but for those that its pipeline turned off. */
export const rulesInForce = (
  pipelines: readonly WatchedPipeline[],
  options: InForceOptions
): readonly RuleInForce[] => {
  const watched = {
    node: pipelines.flatMap(nodesOf),
    chain: pipelines.flatMap(chainsOf),
    pipeline: pipelines.map(pipelineOf),
    domain: domainsOf(pipelines),
    platform: [{ labels: {}, owner: "", traits: [], alerts: [], nodes: [] }]
  }
  return allRules.flatMap((rule) =>
    watched[rule.scope].flatMap((each) => {
      const made = ruleFor(rule, each, options)
      return made === undefined ? [] : [made]
    })
  )
}

const ruleFor = (
  rule: Rule,
  { alerts, labels, nodes, owner, traits }: Watched,
  { observed, times }: InForceOptions
): RuleInForce | undefined => {
  const { appliesTo } = rule
  if (appliesTo !== undefined && !traits.some(appliesTo)) return undefined
  const override = overrideOf(rule, alerts)
  if (override === "off") return undefined
  return {
    rule,
    labels,
    owner,
    nodes,
    severity: override.severity ?? rule.severity,
    threshold: override.threshold ?? observed(rule, labels) ?? defaultThreshold(rule, times),
    forSeconds: override.forMs === undefined ? scaledSeconds(times, rule.forSeconds) : override.forMs / 1_000
  }
}

/** Where neither a person nor the past says anything. */
export const defaultThreshold = ({ threshold, unit }: Rule, times: AlertTimes): number =>
  unit === "seconds" ? scaledSeconds(times, threshold) : threshold

const isPlatformRule = (name: RuleName): name is PlatformRule => platformRules.some((each) => each === name)

/** What several pipelines share is watched while one of them wants it, as the first of them that says something asks. */
const overrideOf = (rule: Rule, alerts: readonly RuleOverrides[]): "off" | RuleOverride => {
  const { name } = rule
  if (isPlatformRule(name)) return {}
  const said = alerts.map((each) => each[name])
  if (said.length > 0 && said.every((each) => each === "off")) return "off"
  return said.find((each) => each !== undefined && each !== "off") ?? {}
}

const nodesOf = ({ alerts, nodes, owner, pipeline }: WatchedPipeline): readonly Watched[] =>
  nodes.map(({ node, traits }) => ({
    labels: { pipeline, node },
    owner,
    traits: [traits],
    alerts: [alerts],
    nodes: []
  }))

const chainsOf = ({ alerts, nodes, owner, pipeline }: WatchedPipeline): readonly Watched[] =>
  [...Map.groupBy(nodes, ({ chain }) => chain)].map(([chain, members]) => ({
    labels: { pipeline, chain },
    owner,
    traits: members.map(({ traits }) => traits),
    alerts: [alerts],
    nodes: []
  }))

const pipelineOf = ({ alerts, nodes, owner, pipeline }: WatchedPipeline): Watched => ({
  labels: { pipeline },
  owner,
  traits: nodes.map(({ traits }) => traits),
  alerts: [alerts],
  nodes: []
})

/** A trust domain that pipelines of several owners share belongs to nobody. */
const domainsOf = (pipelines: readonly WatchedPipeline[]): readonly Watched[] => {
  const members = pipelines.flatMap((pipeline) => pipeline.nodes.map((node) => ({ node, pipeline })))
  return [...Map.groupBy(members, ({ node }) => node.domain)].map(([domain, within]) => {
    const owners = new Set(within.map(({ pipeline }) => pipeline.owner))
    const [owner = ""] = owners
    return {
      labels: { domain },
      owner: owners.size === 1 ? owner : "",
      traits: within.map(({ node }) => node.traits),
      alerts: [...new Set(within.map(({ pipeline }) => pipeline))].map(({ alerts }) => alerts),
      nodes: within.map(({ node, pipeline }) => `${pipeline.pipeline}/${node.node}`)
    }
  })
}
