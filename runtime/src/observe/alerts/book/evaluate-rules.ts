import { labelsKey } from "../../../telemetry/history/family.ts"
import type { History } from "../../../telemetry/history/history.ts"
import type { Labels } from "../../../telemetry/metric/definition.ts"
import { evaluateCondition } from "../../../telemetry/query/evaluate.ts"
import type { LabelledValue } from "../../../telemetry/query/query.ts"
import { conditionOf } from "../../rules/prometheus-rules.ts"
import { scopeLabels } from "../../rules/rule.ts"
import type { RuleInForce } from "../../rules/rules-in-force.ts"
import type { AlertTimes } from "../../rules/scale.ts"
import type { FoundAlert } from "./alert.ts"

/**
 * What holds at a time, ms since 1970. A condition is evaluated once for everything that has the same threshold, not once for
 * each rule in force: there are as many of those as nodes.
 */
export const evaluateRules = (
  rules: readonly RuleInForce[],
  { at, history, times }: { readonly history: History; readonly times: AlertTimes; readonly at: number }
): readonly FoundAlert[] => {
  return alikeOf(rules).flatMap((members) => {
    const [first] = members
    if (first === undefined) return []
    const holding = evaluateCondition(conditionOf(first.rule, first.threshold, times), history, at)
    return holding.length === 0 ? [] : alertsOf(members, holding)
  })
}

type Alike = readonly (readonly RuleInForce[])[]
const kept = new WeakMap<readonly RuleInForce[], Alike>()

/** Rules with the same condition, found once for each list. */
const alikeOf = (rules: readonly RuleInForce[]): Alike => {
  const known = kept.get(rules)
  if (known !== undefined) return known
  const alike = [...Map.groupBy(rules, ({ rule, threshold }) => `${rule.name} ${threshold}`).values()]
  kept.set(rules, alike)
  return alike
}

const alertsOf = (
  members: readonly RuleInForce[],
  holding: readonly LabelledValue[]
): readonly FoundAlert[] => {
  const byLabels = new Map(members.map((force) => [labelsKey(force.labels), force]))
  return holding.flatMap(({ labels, value }) => {
    const [scope] = members
    const force = scope === undefined ? undefined : byLabels.get(labelsKey(watched(scope, labels)))
    return force === undefined ? [] : [{ force, labels, value }]
  })
}

/** Of an alert's labels those that name what is watched. */
const watched = ({ rule }: RuleInForce, labels: Labels): Labels =>
  Object.fromEntries(scopeLabels[rule.scope].map((name) => [name, labels[name] ?? ""]))
