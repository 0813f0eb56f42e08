import { metrics } from "../../telemetry/metric/catalogue.ts"
import { growth, isNotPaused, newest, perChain } from "./queries.ts"
import type { Rule } from "./rule.ts"

const watermarkWindow = 900
/** A pipeline of which a task is so far behind is held up by that task. */
const behindSeconds = 60

/** Rules of whether records come through, and in time. */
export const flowRules: readonly Rule[] = [
  {
    name: "stalled",
    alert: "MillraceStalled",
    scope: "chain",
    severity: "critical",
    unit: "seconds",
    threshold: 300,
    forSeconds: 60,
    appliesTo: ({ takes }) => takes,
    // Of one task of many: the others of a chain go on while one stands at a record.
    condition: ({ threshold }) => ({
      all: [{ query: newest(metrics.stuckSeconds, perChain, "max"), is: ">", threshold }, isNotPaused]
    }),
    summary: "{pipeline}: a task of {chain} has records to do and has committed nothing for {value}",
    remedy:
      "Look at its error with 'millrace status {pipeline}' and at its log with 'millrace logs {pipeline}': a body that does not answer, a sink that hangs, or a slow one with too much to do."
  },
  {
    name: "retrying",
    alert: "MillraceRetrying",
    scope: "chain",
    severity: "critical",
    unit: "count",
    threshold: 3,
    forSeconds: 60,
    condition: ({ threshold }) => ({
      all: [{ query: newest(metrics.failedAttempts, perChain, "max"), is: ">=", threshold }, isNotPaused]
    }),
    summary: "{pipeline}: a task of {chain} has failed {value} times in a row",
    remedy:
      "What it needs fails: look at the errors of its tasks with 'millrace status {pipeline}', mostly a server that its source or sink speaks to."
  },
  {
    name: "down",
    alert: "MillraceDown",
    scope: "pipeline",
    severity: "critical",
    unit: "count",
    threshold: 1,
    forSeconds: 60,
    condition: ({ threshold }) => ({
      all: [{ query: newest(metrics.pipelineUp, ["pipeline"], "min"), is: "<", threshold }, isNotPaused]
    }),
    summary: "{pipeline} does not run",
    remedy:
      "Look at its errors with 'millrace status {pipeline}', mend them and apply it again, or resume it."
  },
  {
    name: "lagging",
    alert: "MillraceLagging",
    scope: "chain",
    severity: "warning",
    unit: "seconds",
    threshold: 60,
    observed: { factor: 5, most: 3_600 },
    forSeconds: 300,
    appliesTo: ({ takes }) => takes,
    condition: ({ threshold }) => ({
      all: [{ query: newest(metrics.lagSeconds, perChain, "max"), is: ">", threshold }, isNotPaused]
    }),
    summary: "{pipeline}: {chain} is {value} behind, more than {threshold}",
    remedy:
      "Compare batch latency and CPU of its nodes: a slow sink or body sets the pace. More partitions spread the work; a threshold under 'alerts: lagging:' in the pipeline file sets another bound."
  },
  {
    name: "watermark-stuck",
    alert: "MillraceWatermarkStuck",
    scope: "chain",
    severity: "warning",
    unit: "seconds",
    threshold: 0.9 * watermarkWindow,
    forSeconds: 60,
    condition: ({ threshold, window }) => ({
      all: [
        {
          query: {
            query: "subtract",
            left: newest(metrics.watermarkDelay, perChain, "max"),
            right: {
              query: "least",
              metric: metrics.watermarkDelay,
              seconds: window(watermarkWindow),
              aggregate: "max",
              by: perChain
            }
          },
          is: ">",
          threshold
        },
        { query: growth(metrics.commits, window(watermarkWindow), perChain), is: ">", threshold: 0 },
        // What lags holds event time up too, here and in all that follow: that is told by itself.
        { query: newest(metrics.lagSeconds, ["pipeline"], "max"), is: "<", threshold: window(behindSeconds) },
        isNotPaused
      ]
    }),
    summary: "{pipeline}: the event time of {chain} has stood still for {value}, while records come",
    remedy:
      "A partition of a source that gives nothing holds the watermark back: set watermark.idleAfter at the source, or find out why the partition is silent. Windows do not close meanwhile."
  }
]
