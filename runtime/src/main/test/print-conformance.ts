import { formatRule, rulePage, type RuleResult } from "@millrace/sdk/testing"
import { paint, printable } from "../terminal/style.ts"
import { colours, plural } from "./print-run.ts"

/** A rule's line, and what was found where it is broken. */
export const ruleLines = (result: RuleResult): readonly string[] =>
  formatRule({ ...result, setup: result.setup === undefined ? undefined : printable(result.setup) }, colours)

interface Counts {
  readonly kept: number
  readonly broken: number
  readonly untried: number
  readonly skipped: number
}

export const ruleCounts = (results: readonly RuleResult[]): Counts => {
  const counts = { kept: 0, broken: 0, untried: 0, skipped: 0 }
  for (const { status } of results) counts[status] += 1
  return counts
}

/** `24 rules kept, 1 broken, 5 not tried by 2 plugins, 3.10 s` */
export const conformanceSummary = (results: readonly RuleResult[], plugins: number, ms: number): string => {
  const { broken, kept, skipped, untried } = ruleCounts(results)
  const parts = [
    `${plural(kept, "rule")} kept`,
    ...(broken > 0 ? [paint("red", `${broken} broken`)] : []),
    ...(untried > 0 ? [`${untried} not tried`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : [])
  ]
  return `${parts.join(", ")} by ${plural(plugins, "plugin")}, ${(ms / 1000).toFixed(2)} s`
}

/** A run as a program reads it; ms is the whole time. */
export const conformanceJson = (results: readonly RuleResult[], plugins: number, ms: number) => ({
  counts: ruleCounts(results),
  plugins,
  ms,
  rules: results.map(({ file, findings, line, ms: took, plugin, rule, setup, status, why }) => ({
    rule: rule.name,
    kind: rule.kind,
    plugin,
    ...(setup === undefined ? {} : { setup }),
    status,
    ...(why === undefined ? {} : { why }),
    ...(status === "broken" ? { says: rule.says, remedy: rule.remedy, page: rulePage(rule), findings } : {}),
    file,
    line,
    ms: took
  }))
})
