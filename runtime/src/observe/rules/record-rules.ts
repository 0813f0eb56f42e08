import { metrics } from "../../telemetry/metric/catalogue.ts"
import { growth, newest, perNode, ratio } from "./queries.ts"
import type { Rule } from "./rule.ts"

const recentSeconds = 300
const lateSeconds = 900
/** Fewer failures are told by the dead letters alone: one of two records is no trend. */
const fewFailures = 10

/** Rules of what becomes of records. */
export const recordRules: readonly Rule[] = [
  {
    name: "dead-letters",
    alert: "MillraceDeadLetters",
    scope: "node",
    severity: "warning",
    unit: "records",
    threshold: 0,
    forSeconds: 0,
    condition: ({ threshold, window }) => ({
      all: [{ query: growth(metrics.dead, window(recentSeconds), perNode), is: ">", threshold }]
    }),
    summary: "{pipeline}: {value} records became dead letters at {node}",
    remedy:
      "Look at them with 'millrace dlq list {pipeline}', correct the plugin or its config, and replay them with 'millrace dlq replay {pipeline}'."
  },
  {
    name: "failing",
    alert: "MillraceFailing",
    scope: "node",
    severity: "critical",
    unit: "ratio",
    threshold: 0.05,
    observed: { factor: 5, most: 0.5 },
    forSeconds: 60,
    appliesTo: ({ takes }) => takes,
    condition: ({ threshold, window }) => ({
      all: [
        {
          query: ratio(
            growth(metrics.failed, window(recentSeconds), perNode),
            growth(metrics.recordsIn, window(recentSeconds), perNode)
          ),
          is: ">",
          threshold
        },
        { query: growth(metrics.failed, window(recentSeconds), perNode), is: ">=", threshold: fewFailures }
      ]
    }),
    summary: "{pipeline}: {value} of the records fail at {node}",
    remedy:
      "Look at the errors with 'millrace dlq list {pipeline}'. After a change of the plugin, go back to the version before; after a change of the data, mend its producer."
  },
  {
    name: "late-data",
    alert: "MillraceLateData",
    scope: "node",
    severity: "warning",
    unit: "ratio",
    threshold: 0.01,
    observed: { factor: 5, most: 0.5 },
    forSeconds: 300,
    condition: ({ threshold, window }) => ({
      all: [
        {
          query: ratio(
            growth(metrics.late, window(lateSeconds), perNode),
            growth(metrics.recordsIn, window(lateSeconds), perNode)
          ),
          is: ">",
          threshold
        }
      ]
    }),
    appliesTo: ({ takes, usesTime }) => takes && usesTime,
    summary: "{pipeline}: {value} of the records come late at {node}",
    remedy:
      "Windows and timers before them are closed. A clock that is ahead makes all others late: look at the records' times at the source. Where the delay is to be expected, raise watermark.outOfOrderness there, or give the window more lateness."
  },
  {
    name: "unbalanced",
    alert: "MillraceUnbalanced",
    scope: "pipeline",
    severity: "critical",
    unit: "records",
    threshold: 0,
    forSeconds: 120,
    condition: ({ threshold }) => ({
      all: [{ query: newest(metrics.ledgerImbalance, ["pipeline", "place"]), is: ">", threshold }]
    }),
    summary: "{pipeline}: {value} records are not accounted for at {place}",
    remedy:
      "What a node took is neither given, dropped nor dead. Keep the data folder as it is, take a savepoint and report it: this is an error of the platform."
  }
]
