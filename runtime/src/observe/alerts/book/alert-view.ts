import type { AlertView, SilenceView } from "@millrace/sdk/api"
import { textFor } from "../../rules/rule-text.ts"
import type { Alert } from "./alert.ts"

/** An alert as the API tells it. */
export const alertView = (alert: Alert, silences: readonly SilenceView[], now: number): AlertView => {
  const { force, labels, value } = alert
  const { rule, threshold } = force
  const fill = { labels, value, threshold, unit: rule.unit }
  const silence = silences.find((each) => isSilencing(each, alert, now))
  const nodes = force.nodes.length === 0 ? "" : ` It runs ${force.nodes.join(", ")}.`
  return {
    id: alert.id,
    rule: rule.name,
    severity: force.severity,
    state: alert.state,
    labels,
    owner: force.owner,
    summary: textFor(rule.summary, fill),
    remedy: `${textFor(rule.remedy, fill)}${nodes}`,
    value,
    threshold,
    unit: rule.unit,
    since: alert.since,
    ...(alert.firedAt === undefined ? {} : { firedAt: alert.firedAt }),
    ...(alert.resolvedAt === undefined ? {} : { resolvedAt: alert.resolvedAt }),
    ...(silence === undefined ? {} : { silencedBy: silence.id })
  }
}

/** True when a silence is in force and names the alert's rule and labels, as far as it names any. */
export const isSilencing = (
  { labels, rule, until }: SilenceView,
  alert: Pick<Alert, "labels" | "force">,
  now: number
): boolean =>
  now < until &&
  (rule === undefined || rule === alert.force.rule.name) &&
  Object.entries(labels).every(([name, value]) => (alert.labels[name] ?? "") === value)
