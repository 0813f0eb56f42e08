import * as Schema from "effect/Schema"
import { type PipelineRule, type RuleOverrides, severities } from "../telemetry/alert/rule-name.ts"
import { Duration, durationMs } from "./duration.ts"

const Off = Schema.Literal("off")
const Severity = Schema.Literals(severities)

const FileOverride = Schema.Union([
  Off,
  Schema.Struct({
    threshold: Schema.optionalKey(
      Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)).annotate({
        description: "In the rule's unit: seconds, records, or a share of 1"
      })
    ),
    for: Schema.optionalKey(
      Duration.annotate({ description: "How long the condition holds before the alert fires" })
    ),
    severity: Schema.optionalKey(Severity)
  })
])

const Override = Schema.Union([
  Off,
  Schema.Struct({
    threshold: Schema.optionalKey(Schema.Number),
    forMs: Schema.optionalKey(Schema.Int),
    severity: Schema.optionalKey(Severity)
  })
])

const perRule = <S extends Schema.Constraint>(of: (description: string) => S) =>
  ({
    stalled: of("A task has records to do and commits nothing; threshold in seconds"),
    retrying: of("A task fails again and again; threshold in attempts in a row"),
    down: of("The pipeline does not run"),
    lagging: of("A chain is behind; threshold in seconds"),
    "watermark-stuck": of("The event time of a chain stands still while records come; threshold in seconds"),
    failing: of("Records fail at a node; threshold as a share of those that it takes"),
    "dead-letters": of("Records become dead letters at a node; threshold in records in five minutes"),
    "late-data": of("Records come late at a node; threshold as a share of those that it takes"),
    unbalanced: of("Records are not accounted for; threshold in records"),
    restarting: of("A sandbox is started again and again; threshold in starts in ten minutes"),
    "near-memory-limit": of("A sandbox process is near its memory limit; threshold as a share of it"),
    "near-cpu-limit": of("A sandbox process takes nearly all of its core; threshold in cores")
  }) satisfies { readonly [rule in PipelineRule]: S }

/** `alerts:` of a pipeline file. */
export const FileAlerts = Schema.Struct(
  perRule((description) => Schema.optionalKey(FileOverride.annotate({ description })))
).annotate({
  description: "Alert rules by name: off, or other numbers than those that follow from what was observed"
})

/** The same in canonical form. */
export const Alerts = Schema.Struct(perRule(() => Schema.optionalKey(Override)))

/** Brings `alerts:` to canonical form: durations in milliseconds. */
export const canonicalAlerts = (written: typeof FileAlerts.Type): RuleOverrides =>
  Object.fromEntries(
    Object.entries(written).map(([rule, override]) => {
      if (override === "off") return [rule, override]
      const { for: wait, ...rest } = override
      return [rule, { ...rest, ...(wait === undefined ? {} : { forMs: durationMs(wait) }) }]
    })
  )
