import { metrics } from "../../telemetry/metric/catalogue.ts"
import { growth, isNotPaused, newest, perChain } from "./queries.ts"
import type { Rule } from "./rule.ts"

/** Seconds in which a chain with work to do commits something, or is stuck. */
const workWindow = 300
const watermarkWindow = 900

/** Rules of whether records come through, and in time. */
export const flowRules: readonly Rule[] = [
  {
    name: "stalled",
    alert: "MillraceStalled",
    scope: "chain",
    severity: "critical",
    unit: "records",
    threshold: 0,
    forSeconds: 60,
    appliesTo: ({ takes }) => takes,
    condition: ({ threshold, window }) => ({
      all: [
        { query: newest(metrics.lagRecords, perChain), is: ">", threshold },
        { query: growth(metrics.commits, window(workWindow), perChain), is: "==", threshold: 0 },
        isNotPaused
      ]
    }),
    summary: "{pipeline}: {chain} has {value} records to do and commits nothing",
    remedy:
      "Look at the errors of its tasks with 'millrace status {pipeline}' and at its log with 'millrace logs {pipeline}': a body that does not answer, or a sink that hangs."
  },
  {
    name: "retrying",
    alert: "MillraceRetrying",
    scope: "chain",
    severity: "critical",
    unit: "count",
    threshold: 3,
    forSeconds: 60,
    condition: ({ threshold, window }) => ({
      all: [
        { query: growth(metrics.taskRetries, window(workWindow), perChain), is: ">=", threshold },
        { query: growth(metrics.commits, window(workWindow), perChain), is: "==", threshold: 0 },
        isNotPaused
      ]
    }),
    summary: "{pipeline}: {chain} was tried {value} times again and commits nothing",
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
        isNotPaused
      ]
    }),
    summary: "{pipeline}: the event time of {chain} has stood still for {value}, while records come",
    remedy:
      "A partition of a source that gives nothing holds the watermark back: set watermark.idleAfter at the source, or find out why the partition is silent. Windows do not close meanwhile."
  }
]
