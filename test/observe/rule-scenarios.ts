import type { RuleName } from "../../runtime/src/telemetry/alert/rule-name.ts"
import { metrics } from "../../runtime/src/telemetry/metric/catalogue.ts"
import type { Labels, MetricDefinition, MetricFamily } from "../../runtime/src/telemetry/metric/definition.ts"

// For each rule what is measured before, during and after the fault that it is for. The fault lasts 25 minutes.

export const faultStart = 1_200
export const faultEnd = 2_700
/** When all is quiet again: after the longest window and the longest `for`. */
export const clearAt = 4_500
export const stepSeconds = 15

export interface Scenario {
  readonly rule: RuleName
  /** Of the alert, beside its name, severity and owner. */
  readonly labels: Labels
  /** What is measured at a second; `fault`: seconds of it so far. */
  readonly at: (seconds: number, fault: number, isFaulty: boolean) => readonly Measured[]
}
type Measured = readonly [metric: MetricDefinition, value: number]

const node = { pipeline: "movies", node: "rated" }
const chain = { pipeline: "movies", chain: "rated" }
const process = { domain: "@acme", pid: "17" }

/** Counts with time, but for the fault. */
const standing = (seconds: number, fault: number): number => seconds - fault

export const scenarios: readonly Scenario[] = [
  {
    rule: "stalled",
    labels: chain,
    at: (_seconds, fault, isFaulty) => [
      [metrics.stuckSeconds, isFaulty ? fault : 0],
      [metrics.pipelinePaused, 0]
    ]
  },
  {
    rule: "retrying",
    labels: chain,
    at: (_seconds, fault, isFaulty) => [
      [metrics.failedAttempts, isFaulty ? Math.floor(fault / 30) : 0],
      [metrics.pipelinePaused, 0]
    ]
  },
  {
    rule: "down",
    labels: { pipeline: "movies" },
    at: (_seconds, _fault, isFaulty) => [
      [metrics.pipelineUp, isFaulty ? 0 : 1],
      [metrics.pipelinePaused, 0]
    ]
  },
  {
    rule: "lagging",
    labels: chain,
    at: (_seconds, fault, isFaulty) => [
      [metrics.lagSeconds, isFaulty ? fault : 2],
      [metrics.pipelinePaused, 0]
    ]
  },
  {
    rule: "watermark-stuck",
    labels: chain,
    at: (seconds, fault, isFaulty) => [
      [metrics.watermarkDelay, isFaulty ? 20 + fault : 20],
      [metrics.commits, seconds],
      [metrics.lagSeconds, 0],
      [metrics.pipelinePaused, 0]
    ]
  },
  {
    rule: "failing",
    labels: node,
    at: (seconds, fault) => [
      [metrics.failed, Math.floor(fault / 2)],
      [metrics.recordsIn, 5 * seconds]
    ]
  },
  { rule: "dead-letters", labels: node, at: (_seconds, fault) => [[metrics.dead, Math.floor(fault / 120)]] },
  {
    rule: "late-data",
    labels: node,
    at: (seconds, fault) => [
      [metrics.late, Math.floor(fault / 2)],
      [metrics.recordsIn, 5 * seconds]
    ]
  },
  {
    rule: "unbalanced",
    labels: { pipeline: "movies", place: "rated" },
    at: (_seconds, _fault, isFaulty) => [[metrics.ledgerImbalance, isFaulty ? 3 : 0]]
  },
  {
    rule: "restarting",
    labels: { domain: "@acme" },
    at: (_seconds, fault) => [[metrics.restarts, Math.floor(fault / 60)]]
  },
  {
    rule: "near-memory-limit",
    labels: process,
    at: (_seconds, _fault, isFaulty) => [
      [metrics.residentBytes, isFaulty ? 950_000_000 : 300_000_000],
      [metrics.memoryLimit, 1_000_000_000]
    ]
  },
  {
    rule: "near-cpu-limit",
    labels: process,
    at: (seconds, fault) => [[metrics.sandboxCpu, 0.2 * standing(seconds, fault) + 0.98 * fault]]
  },
  {
    rule: "disk-nearly-full",
    labels: {},
    at: (_seconds, _fault, isFaulty) => [
      [metrics.diskFree, isFaulty ? 4e9 : 60e9],
      [metrics.diskSize, 100e9]
    ]
  },
  {
    rule: "transport-unavailable",
    labels: {},
    at: (_seconds, fault, isFaulty) => [[metrics.transportSilent, isFaulty ? fault : 0]]
  }
]

const names: Labels = {
  ...node,
  ...chain,
  ...process,
  place: "rated",
  plugin: "@acme/movies#rated",
  partition: "0",
  owner: "studio",
  package: "@acme/movies",
  version: "1.2.0",
  kind: "processor"
}

/** The samples of a scenario at a second. */
export const familiesAt = (scenario: Scenario, seconds: number): readonly MetricFamily[] => {
  const fault = Math.max(0, Math.min(seconds, faultEnd) - faultStart)
  const isFaulty = seconds > faultStart && seconds <= faultEnd
  const measured = [...scenario.at(seconds, fault, isFaulty), [metrics.nodeInfo, 1] as const]
  return measured.map(([definition, value]) => ({
    definition,
    samples: [
      {
        labels: Object.fromEntries(definition.labels.map((label) => [label, names[label] ?? ""])),
        value
      }
    ]
  }))
}
