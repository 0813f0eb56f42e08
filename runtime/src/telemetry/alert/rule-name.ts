/** Rules that a pipeline file may override. */
export const pipelineRules = [
  "stalled",
  "retrying",
  "down",
  "lagging",
  "watermark-stuck",
  "failing",
  "dead-letters",
  "late-data",
  "unbalanced",
  "restarting",
  "near-memory-limit",
  "near-cpu-limit"
] as const
export type PipelineRule = (typeof pipelineRules)[number]

/** Names of alert rules; public and stable. */
export type RuleName = PipelineRule | PlatformRule

/** Rules of what is no pipeline's. */
export const platformRules = ["disk-nearly-full", "transport-unavailable"] as const
export type PlatformRule = (typeof platformRules)[number]

export const severities = ["critical", "warning", "info"] as const
export type Severity = (typeof severities)[number]

/** What a pipeline says of a rule, beside `off`. */
export interface RuleOverride {
  readonly threshold?: number
  readonly forMs?: number
  readonly severity?: Severity
}

/** What a pipeline says of its rules; where it says nothing, the rule's own holds. */
export type RuleOverrides = { readonly [rule in PipelineRule]?: "off" | RuleOverride }
