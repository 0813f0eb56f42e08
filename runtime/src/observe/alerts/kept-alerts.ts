import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { severities } from "../../telemetry/alert/rule-name.ts"
import { windowSeconds } from "../../telemetry/query/query-labels.ts"
import { ruleNamed } from "../rules/all-rules.ts"
import { conditionOf } from "../rules/prometheus-rules.ts"
import type { AlertTimes } from "../rules/scale.ts"
import { type Alert, alertId } from "./book/alert.ts"
import type { KnownAlert } from "./book/alert-book.ts"
import { keptFile } from "./kept-file.ts"
import type { Told } from "./notify/groups.ts"

const Texts = Schema.Record(Schema.String, Schema.String)

/** What `alerts.json` of the data folder holds: what fires, and what of it was told. */
const KeptAlerts = Schema.Struct({
  firing: Schema.Array(
    Schema.Struct({
      rule: Schema.String,
      labels: Texts,
      watched: Texts,
      owner: Schema.String,
      severity: Schema.Literals(severities),
      threshold: Schema.Number,
      forSeconds: Schema.Number,
      nodes: Schema.Array(Schema.String),
      value: Schema.Number,
      since: Schema.Number,
      firedAt: Schema.Number
    })
  ),
  told: Schema.Record(
    Schema.String,
    Schema.Struct({ at: Schema.Number, firing: Schema.Array(Schema.String) })
  )
})
type KeptAlert = (typeof KeptAlerts.Type)["firing"][number]

export interface AlertState {
  readonly known: readonly KnownAlert[]
  readonly told: Readonly<Record<string, Told>>
}

/** What fires is kept, so that a restart neither tells it again nor forgets to say that it is over. */
export const openKeptAlerts = Effect.fnUntraced(function* (file: string) {
  const kept = yield* keptFile(file, KeptAlerts)
  const read = Effect.map(kept.read, (state): AlertState => ({
    known: state?.firing.flatMap(restored) ?? [],
    told: state?.told ?? {}
  }))
  const write = (alerts: readonly Alert[], told: AlertState["told"]) =>
    kept.write({ firing: alerts.flatMap(stored), told })
  return { read, write }
})

const stored = ({ firedAt, force, labels, since, state, value }: Alert): readonly KeptAlert[] => {
  if (state !== "firing" || firedAt === undefined) return []
  const { forSeconds, labels: watched, nodes, owner, rule, severity, threshold } = force
  return [
    { rule: rule.name, labels, watched, owner, severity, threshold, forSeconds, nodes, value, since, firedAt }
  ]
}

/** A rule that this release has no more is forgotten. */
const restored = (kept: KeptAlert): readonly KnownAlert[] => {
  const { firedAt, labels, since, value, watched, ...rest } = kept
  const rule = ruleNamed(rest.rule)
  if (rule === undefined) return []
  const force = { ...rest, rule, labels: watched }
  return [{ id: alertId(rule.name, labels), force, labels, value, state: "firing", since, firedAt }]
}

/** How long after a start the history is too short to tell that an alert is over, ms: its longest window and its `for`. */
export const tooShortMs = ({ force }: Alert, times: AlertTimes): number => {
  const windows = conditionOf(force.rule, force.threshold, times).all.map(({ query }) => windowSeconds(query))
  return 1_000 * (Math.max(...windows) + force.forSeconds) + 2 * times.intervalMs
}
