import type { RuleName, Severity } from "../../telemetry/alert/rule-name.ts"
import type { Condition } from "../../telemetry/query/query.ts"
import type { NodeTraits } from "../node-traits.ts"

/** What a rule watches one by one; its alerts have the labels that name it. */
export type RuleScope = "node" | "chain" | "pipeline" | "domain" | "platform"

export const scopeLabels: { readonly [scope in RuleScope]: readonly string[] } = {
  node: ["pipeline", "node"],
  chain: ["pipeline", "chain"],
  pipeline: ["pipeline"],
  domain: ["domain"],
  platform: []
}

export type RuleUnit = "records" | "seconds" | "ratio" | "count" | "cores"

/** What fills in a rule's condition. */
export interface RuleNumbers {
  readonly threshold: number
  /** The length of a window, scaled. */
  readonly window: (seconds: number) => number
}

/** An alert rule as data, for whatever it watches. */
export interface Rule {
  readonly name: RuleName
  /** Its name in Prometheus. */
  readonly alert: string
  readonly scope: RuleScope
  readonly severity: Severity
  /** Of its threshold and of the values that it shows. */
  readonly unit: RuleUnit
  /** Where nothing was observed and nobody says otherwise. */
  readonly threshold: number
  /** Its threshold follows what is usual: this many times the 99th percentile of the last hours, from `threshold` up to `most`. */
  readonly observed?: { readonly factor: number; readonly most: number }
  /** How long its condition holds before it fires. */
  readonly forSeconds: number
  /** Of nodes and chains: those that it makes sense for; default: all. */
  readonly appliesTo?: (traits: NodeTraits) => boolean
  /** The value of the first comparison is shown, and judged by the threshold. */
  readonly condition: (numbers: RuleNumbers) => Condition
  /** `{label}`, `{value}` and `{threshold}` are filled in. */
  readonly summary: string
  /** What to look at, and what to do. */
  readonly remedy: string
}
