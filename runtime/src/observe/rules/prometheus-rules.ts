import { stringify } from "yaml"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import { conditionToPromql, promqlDuration } from "../../telemetry/query/promql.ts"
import type { Condition } from "../../telemetry/query/query.ts"
import { matching } from "../../telemetry/query/query-labels.ts"
import type { NodeTraits } from "../node-traits.ts"
import { allRules } from "./all-rules.ts"
import { type Rule, scopeLabels } from "./rule.ts"
import { templateFor } from "./rule-text.ts"
import { defaultThreshold, type RuleInForce } from "./rules-in-force.ts"
import { type AlertTimes, scaledSeconds, scaledWindow } from "./scale.ts"

/** Rules in force as Prometheus loads them, a group for each pipeline; YAML. */
export const rulesYaml = (rules: readonly RuleInForce[], times: AlertTimes): string => {
  const groups = Map.groupBy(rules, ({ labels }) => labels["pipeline"] ?? "platform")
  return yamlOf(
    [...groups].map(([name, members]) => ({
      name: `millrace ${name}`,
      rules: members.map(({ forSeconds, labels, owner, rule, severity, threshold }) =>
        written(rule, {
          condition: matching(conditionOf(rule, threshold, times), labels),
          forSeconds,
          threshold,
          labels: { severity, ...(owner === "" ? {} : { owner }), ...labels }
        })
      )
    }))
  )
}

export interface PackageRules {
  /** `@scope/name`. */
  readonly package: string
  readonly version: string
  /** Of each of its plugins. */
  readonly traits: readonly NodeTraits[]
}

/** The rules of a package's version, for all nodes that run it, with thresholds that nothing was observed for; YAML. */
export const packageRulesYaml = (
  { package: name, traits, version }: PackageRules,
  times: AlertTimes
): string => {
  const rules = allRules.filter(({ appliesTo }) => appliesTo === undefined || traits.some(appliesTo))
  return yamlOf([
    {
      name: `millrace ${name} ${version}`,
      rules: rules.map((rule) => {
        const threshold = defaultThreshold(rule, times)
        return written(rule, {
          condition: amongNodes(rule, conditionOf(rule, threshold, times), { package: name, version }),
          forSeconds: scaledSeconds(times, rule.forSeconds),
          threshold,
          labels: { severity: rule.severity, package: name }
        })
      })
    }
  ])
}

/** A rule's condition with its windows scaled, for everything of its scope. */
export const conditionOf = (rule: Rule, threshold: number, times: AlertTimes): Condition =>
  rule.condition({ threshold, window: (seconds) => scaledWindow(times, seconds) })

/** Only of what runs a package's version. */
const amongNodes = (
  { scope }: Rule,
  { all: [first, ...rest] }: Condition,
  runs: { readonly package: string; readonly version: string }
): Condition => {
  if (scope === "platform") return { all: [first, ...rest] }
  const { nodeInfo } = metrics
  return {
    all: [
      first,
      ...rest,
      {
        query: { query: "latest", metric: nodeInfo, match: runs, aggregate: "max", by: scopeLabels[scope] },
        is: "==",
        threshold: 1
      }
    ]
  }
}

interface WrittenRule {
  readonly condition: Condition
  readonly forSeconds: number
  readonly threshold: number
  readonly labels: { readonly [name: string]: string }
}

const written = (rule: Rule, { condition, forSeconds, labels, threshold }: WrittenRule) => ({
  alert: rule.alert,
  expr: conditionToPromql(condition),
  ...(forSeconds === 0 ? {} : { for: promqlDuration(forSeconds) }),
  labels,
  annotations: {
    summary: templateFor(rule.summary, rule.unit, threshold),
    description: templateFor(rule.remedy, rule.unit, threshold)
  }
})

const yamlOf = (groups: readonly object[]): string =>
  stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false })
