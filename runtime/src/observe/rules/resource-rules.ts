import { metrics } from "../../telemetry/metric/catalogue.ts"
import { growth, newest, perProcess, ratio } from "./queries.ts"
import type { Rule } from "./rule.ts"

const restartWindow = 600
const cpuWindow = 300

/** Rules of what plugins and the platform need. */
export const resourceRules: readonly Rule[] = [
  {
    name: "restarting",
    alert: "MillraceRestarting",
    scope: "domain",
    severity: "warning",
    unit: "count",
    threshold: 2,
    forSeconds: 0,
    condition: ({ threshold, window }) => ({
      all: [{ query: growth(metrics.restarts, window(restartWindow), ["domain"]), is: ">", threshold }]
    }),
    summary: "The sandbox of {domain} was started {value} times again",
    remedy:
      "A plugin of it leaks memory, runs past its deadline or ends its process. 'millrace logs' says which node was in the call; what a record does to it becomes a dead letter."
  },
  {
    name: "near-memory-limit",
    alert: "MillraceNearMemoryLimit",
    scope: "domain",
    severity: "warning",
    unit: "ratio",
    threshold: 0.9,
    forSeconds: 120,
    condition: ({ threshold }) => ({
      all: [
        {
          query: ratio(
            newest(metrics.residentBytes, perProcess, "max"),
            newest(metrics.memoryLimit, perProcess, "max")
          ),
          is: ">",
          threshold
        }
      ]
    }),
    summary: "Process {pid} of {domain} has {value} of the memory that it may have",
    remedy:
      "It is killed at its limit, and its batches begin anew. Look at which plugin keeps values between records; state belongs into the state that 'uses' declares."
  },
  {
    name: "near-cpu-limit",
    alert: "MillraceNearCpuLimit",
    scope: "domain",
    severity: "warning",
    unit: "cores",
    threshold: 0.9,
    forSeconds: 600,
    condition: ({ threshold, window }) => ({
      all: [
        {
          query: {
            query: "rate",
            metric: metrics.sandboxCpu,
            seconds: window(cpuWindow),
            aggregate: "sum",
            by: perProcess
          },
          is: ">",
          threshold
        }
      ]
    }),
    summary: "Process {pid} of {domain} takes {value} of the one core that it can use",
    remedy:
      "Its nodes set the pace of their pipelines. Compare their CPU in the pipeline's dashboard, make the slowest cheaper, or give their streams more partitions, which spread over more processes."
  },
  {
    name: "disk-nearly-full",
    alert: "MillraceDiskNearlyFull",
    scope: "platform",
    severity: "critical",
    unit: "ratio",
    threshold: 0.1,
    forSeconds: 60,
    condition: ({ threshold }) => ({
      all: [{ query: ratio(newest(metrics.diskFree, []), newest(metrics.diskSize, [])), is: "<", threshold }]
    }),
    summary: "{value} of the data folder's disk is left",
    remedy:
      "The log cannot grow when it is full, and every pipeline waits. Remove what else lies there, delete savepoints and pipelines that nobody needs, or give the file system more room."
  },
  {
    name: "transport-unavailable",
    alert: "MillraceTransportUnavailable",
    scope: "platform",
    severity: "critical",
    unit: "seconds",
    threshold: 30,
    forSeconds: 0,
    condition: ({ threshold }) => ({
      all: [{ query: newest(metrics.transportSilent, []), is: ">", threshold }]
    }),
    summary: "The Kafka cluster has not answered for {value}",
    remedy:
      "Every pipeline waits, and goes on by itself when it answers; nothing is lost. 'millrace status' has what the last attempt came to: look whether the brokers run, whether the network reaches them, and whether they still take the user."
  }
]
