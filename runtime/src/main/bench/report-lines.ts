import { byteCount } from "../terminal/byte-count.ts"
import { paint, printable, table } from "../terminal/style.ts"
import type { BenchReport } from "./bench-report.ts"
import type { Parts } from "./shares.ts"

const whole = (value: number): string => Math.round(value).toLocaleString("en")
const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`

/** A report for people. */
export const reportLines = (report: BenchReport): readonly string[] => [
  `${paint("bold", printable(report.plugin))}: ${whole(report.run.in)} records in ${report.run.seconds.toFixed(1)} s, ${report.records}`,
  paint("dim", report.machine),
  "",
  ...table(figures(report)),
  "",
  paint("bold", "Where the time goes"),
  ...table(partRows(report)),
  ...failureLines(report),
  ...report.notes.map((note) => paint("dim", `note: ${note}`)),
  "",
  ...findingLines(report)
]

const figures = ({ bytesPerRecord, latencyMs, residentBytes, ...report }: BenchReport) => {
  const { batch, batchRecords, single } = latencyMs
  return [
    ["records per CPU-second", whole(report.recordsPerCpuSecond)],
    ["records per second", whole(report.recordsPerSecond)],
    [
      `a batch of ${whole(batchRecords)}, to its commit`,
      `p50 ${milliseconds(batch.p50)}, p99 ${milliseconds(batch.p99)}`
    ],
    ["a record alone, to its commit", `p50 ${milliseconds(single.p50)}, p99 ${milliseconds(single.p99)}`],
    ["memory of the sandbox", byteCount(residentBytes)],
    [
      "bytes a record",
      `${bytesPerRecord.in} in, ${bytesPerRecord.out} out, ${bytesPerRecord.state} of state`
    ],
    [
      "records",
      `${whole(report.run.in)} in, ${whole(report.run.out)} out, ${whole(report.run.filtered)} filtered, ${whole(report.run.failed)} failed`
    ]
  ]
}

const meanings: { readonly [part in keyof Parts]: string } = {
  codec: "values read from bytes, and results written",
  body: "the plugin's own code, and its state",
  hop: "into the sandbox and back: frames, copies, checks",
  commit: "outputs, state and position made durable"
}
const order = ["codec", "body", "hop", "commit"] as const
const barWidth = 24

const partRows = ({ microsPerRecord, shares }: BenchReport) =>
  order.map((part) => [
    part,
    `${(shares[part] * 100).toFixed(0).padStart(3)} %`,
    `${microsPerRecord[part].toFixed(2)} µs`,
    "#".repeat(Math.round(shares[part] * barWidth)).padEnd(barWidth, "."),
    meanings[part]
  ])

const failureLines = ({ failure, run }: BenchReport): readonly string[] => {
  if (failure === undefined) return []
  const { code, input, message, record, tag } = failure
  return [
    "",
    paint("yellow", `${whole(run.failed)} of ${whole(run.in)} records fail. The first of ${input}:`),
    `  ${code}${tag === undefined ? "" : ` (${printable(tag)})`}: ${printable(message)}`,
    `  ${printable(JSON.stringify(record)).slice(0, 500)}`
  ]
}

const findingLines = ({ findings }: BenchReport): readonly string[] => {
  const [first, ...others] = findings
  if (first === undefined) return ["Nothing stands out."]
  return [
    paint("bold", "The first thing to change"),
    `  ${sentence(first.measured)}`,
    `  ${paint("cyan", sentence(first.remedy))}`,
    ...(others.length === 0 ? [] : ["", "Then"]),
    ...others.map(({ measured, remedy }) => `  ${sentence(measured)} ${sentence(remedy)}`)
  ]
}

const sentence = (text: string): string => {
  const shown = printable(text)
  return `${shown.slice(0, 1).toUpperCase()}${shown.slice(1)}.`
}
