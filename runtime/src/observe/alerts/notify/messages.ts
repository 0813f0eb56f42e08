import { textFor } from "../../rules/rule-text.ts"
import type { Alert } from "../book/alert.ts"
import type { Notice } from "./groups.ts"

/** What an alert says. */
const said = ({ force, labels, value }: Alert) => {
  const fill = { labels, value, threshold: force.threshold, unit: force.rule.unit }
  return { summary: textFor(force.rule.summary, fill), remedy: textFor(force.rule.remedy, fill) }
}

/** A line that says what it is about: `[FIRING:2] movies (payments)`. */
export const titleOf = ({ firing, owner, pipeline, resolved }: Notice): string => {
  const state = firing.length > 0 ? `FIRING:${firing.length}` : `RESOLVED:${resolved.length}`
  const whose = owner === "" ? "" : ` (${owner})`
  return `[${state}] ${pipeline === "" ? "Millrace" : pipeline}${whose}`
}

/** JSON of Alertmanager's webhook, version 4 (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). */
export const webhookBody = (notice: Notice, url: string): unknown => {
  const { firing, key, owner, pipeline, resolved } = notice
  const alerts = [...firing, ...resolved].map((alert) => webhookAlert(alert, url))
  const group = { owner, pipeline }
  return {
    version: "4",
    groupKey: key,
    truncatedAlerts: 0,
    status: firing.length > 0 ? "firing" : "resolved",
    receiver: owner === "" ? "default" : owner,
    groupLabels: group,
    commonLabels: group,
    commonAnnotations: {},
    externalURL: url,
    alerts
  }
}

const webhookAlert = (alert: Alert, url: string) => {
  const { force, id, labels, resolvedAt, since } = alert
  const { remedy, summary } = said(alert)
  return {
    status: alert.state === "resolved" ? "resolved" : "firing",
    labels: { alertname: force.rule.alert, severity: force.severity, owner: force.owner, ...labels },
    annotations: { summary, description: remedy },
    startsAt: new Date(since).toISOString(),
    // Alertmanager's zero time: it has not ended.
    endsAt: resolvedAt === undefined ? "0001-01-01T00:00:00Z" : new Date(resolvedAt).toISOString(),
    generatorURL: url,
    fingerprint: id
  }
}

/** A message of Slack's incoming webhooks, in its mrkdwn. */
export const slackBody = (notice: Notice): unknown => ({
  text: escapeSlack(titleOf(notice)),
  attachments: [
    ...notice.firing.map((alert) =>
      attachment(alert, alert.force.severity === "critical" ? "danger" : "warning")
    ),
    ...notice.resolved.map((alert) => attachment(alert, "good"))
  ]
})

const attachment = (alert: Alert, color: string) => {
  const { remedy, summary } = said(alert)
  const isResolved = alert.state === "resolved"
  return {
    color,
    title: escapeSlack(isResolved ? `Resolved: ${summary}` : summary),
    text: isResolved ? "" : escapeSlack(remedy),
    fallback: escapeSlack(summary)
  }
}

/** https://docs.slack.dev/messaging/formatting-message-text: these three, or names in plugins could mention everybody. */
const escapeSlack = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** Subject and text of a mail. */
export const mailOf = (notice: Notice, url: string): { readonly subject: string; readonly text: string } => {
  const section = (title: string, alerts: readonly Alert[]): readonly string[] =>
    alerts.length === 0 ? [] : [title, "", ...alerts.flatMap((alert) => [...mailLines(alert), ""])]
  return {
    subject: titleOf(notice),
    text: [...section("Firing", notice.firing), ...section("Resolved", notice.resolved), url, ""].join("\n")
  }
}

const mailLines = (alert: Alert): readonly string[] => {
  const { remedy, summary } = said(alert)
  const since = new Date(alert.since).toISOString()
  return alert.resolvedAt === undefined
    ? [`* ${summary} (${alert.force.severity}, since ${since})`, `  ${remedy}`]
    : [`* ${summary} (from ${since} to ${new Date(alert.resolvedAt).toISOString()})`]
}
