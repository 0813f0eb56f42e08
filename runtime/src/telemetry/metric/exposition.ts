import type { Labels, MetricFamily, Observations, Sample } from "./definition.ts"

/** Prometheus' text form, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/). Metrics without samples are left out. */
export const exposition = (families: readonly MetricFamily[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join("")

export const expositionType = "text/plain; version=0.0.4; charset=utf-8"

const familyText = ({ definition: { help, name, type }, samples }: MetricFamily): string =>
  `# HELP ${name} ${escapedHelp(help)}\n# TYPE ${name} ${type}\n${samples.map((sample) => sampleText(name, sample)).join("")}`

const sampleText = (name: string, { labels, value }: Sample): string =>
  typeof value === "number" ? line(name, labels, value) : histogramText(name, labels, value)

/** Buckets are cumulative here: each counts what lies at or below its bound. */
const histogramText = (name: string, labels: Labels, { bounds, counts, sum }: Observations): string => {
  let count = 0
  const buckets = counts.map((each, index) => {
    count += each
    const bound = bounds[index]
    return line(`${name}_bucket`, { ...labels, le: bound === undefined ? "+Inf" : numberText(bound) }, count)
  })
  return `${buckets.join("")}${line(`${name}_sum`, labels, sum)}${line(`${name}_count`, labels, count)}`
}

const line = (name: string, labels: Labels, value: number): string => {
  const text = Object.entries(labels)
    .map(([label, of]) => `${label}="${escapedLabel(of)}"`)
    .join(",")
  return `${name}${text === "" ? "" : `{${text}}`} ${numberText(value)}\n`
}

const numberText = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"

const escapedLabel = (text: string): string =>
  text.replace(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`))

const escapedHelp = (text: string): string =>
  text.replace(/[\\\n]/g, (character) => (character === "\n" ? "\\n" : "\\\\"))
