import type {
  Labels,
  MetricDefinition,
  MetricFamily,
  Sample,
  SampleSink
} from "../../telemetry/metric/definition.ts"

/** Gathers samples by metric, in the order in which metrics are first met. */
export class Families implements SampleSink {
  private readonly samples = new Map<MetricDefinition, Sample[]>()

  add(definition: MetricDefinition, labels: Labels, value: Sample["value"] | undefined): void {
    if (value === undefined) return
    const known = this.samples.get(definition) ?? []
    known.push({ labels, value })
    this.samples.set(definition, known)
  }

  all(): readonly MetricFamily[] {
    return [...this.samples].map(([definition, samples]) => ({ definition, samples }))
  }
}

const micros = 1e6

/** Seconds of so many microseconds. */
export const secondsOf = (value: number): number => value / micros
