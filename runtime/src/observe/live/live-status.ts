import { type LiveStatus, type PlatformStatus } from "@millrace/sdk/api"
import type { MetricFamily, Sample } from "../../telemetry/metric/definition.ts"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { MetricDefinition } from "../../telemetry/metric/definition.ts"

/** What was told before, to take rates from. */
export interface LiveBefore {
  readonly at: number
  /** Seconds of CPU by what it is of. */
  readonly cpu: ReadonlyMap<string, number>
  readonly status: LiveStatus
}

export interface AlertCounts {
  readonly firing: number
  readonly pending: number
}

/** One event of the live stream, from what was measured and the event before. Rates are 0 without one. */
export const liveStatus = (
  status: PlatformStatus,
  families: readonly MetricFamily[],
  around: {
    readonly at: number
    readonly before: LiveBefore | undefined
    readonly alerts: (pipeline: string) => AlertCounts
  }
): LiveBefore => {
  const measured = new Measured(families)
  const { at, before } = around
  const seconds = before === undefined ? 0 : (at - before.at) / 1_000
  const cpu = new Map<string, number>()
  const share = (name: string, value: number): number => {
    cpu.set(name, value)
    const last = before?.cpu.get(name)
    return last === undefined || seconds <= 0 ? 0 : Math.max(0, value - last) / seconds
  }
  const earlierOnes = new Map(before?.status.pipelines.map((each) => [each.pipeline, each]))
  const pipelines = status.pipelines.map((pipeline): LiveStatus["pipelines"][number] => {
    const name = pipeline.pipeline
    const earlier = earlierOnes.get(name)
    const tasks = { pipeline: name }
    return {
      pipeline: name,
      owner: pipeline.owner,
      state: pipeline.state,
      revision: pipeline.revision,
      lagRecords: measured.sum(metrics.lagRecords, tasks),
      lagSeconds: measured.greatest(metrics.lagSeconds, tasks),
      watermarkDelaySeconds: measured.greatest(metrics.watermarkDelay, tasks),
      deadLetters: pipeline.deadLetters,
      alerts: around.alerts(name),
      nodes: pipeline.nodes.map(({ kind, node, plugin, totals }) => {
        const last = earlier?.nodes.find((other) => other.node === node)?.totals
        const rate = (of: "in" | "out" | "dead" | "late"): number =>
          last === undefined || seconds <= 0 ? 0 : Math.max(0, totals[of] - last[of]) / seconds
        return {
          node,
          kind,
          plugin,
          totals,
          rates: { in: rate("in"), out: rate("out"), failed: rate("dead"), late: rate("late") },
          cpu: share(`${name}/${node}`, measured.sum(metrics.cpu, { pipeline: name, node }))
        }
      })
    }
  })
  const live: LiveStatus = {
    at,
    version: status.version,
    startedAt: status.startedAt,
    pipelines,
    sandboxes: {
      processes: status.sandboxes.length,
      residentBytes: measured.sum(metrics.residentBytes, {}),
      cpu: share("sandboxes", measured.sum(metrics.sandboxCpu, {}))
    },
    platform: {
      residentBytes: measured.sum(metrics.platformResident, {}),
      cpu: share("platform", measured.sum(metrics.platformCpu, {})),
      diskFreeBytes: measured.sum(metrics.diskFree, {}),
      diskBytes: measured.sum(metrics.diskSize, {})
    }
  }
  return { at, cpu, status: live }
}

/** Without a pipeline: what is measured of none. */
type Match = { readonly [label: string]: string }

/** Samples by metric and pipeline: each is asked for by its pipeline's name, and there may be a thousand of these. */
class Measured {
  private readonly samples: ReadonlyMap<string, ReadonlyMap<string, readonly Sample[]>>

  constructor(families: readonly MetricFamily[]) {
    this.samples = new Map(
      families.map(({ definition, samples }) => [
        definition.name,
        Map.groupBy(samples, ({ labels }) => labels["pipeline"] ?? "")
      ])
    )
  }

  sum(metric: MetricDefinition, match: Match): number {
    return this.values(metric, match).reduce((sum, value) => sum + value, 0)
  }

  /** Null where nothing is measured. */
  greatest(metric: MetricDefinition, match: Match): number | null {
    const values = this.values(metric, match)
    return values.length === 0 ? null : Math.max(...values)
  }

  private values(metric: MetricDefinition, { pipeline = "", ...match }: Match): readonly number[] {
    const wanted = Object.entries(match)
    return (this.samples.get(metric.name)?.get(pipeline) ?? []).flatMap(({ labels, value }) =>
      typeof value === "number" && wanted.every(([name, of]) => labels[name] === of) ? [value] : []
    )
  }
}
