import { cpus, totalmem } from "node:os"
import type { Finding } from "./findings.ts"
import type { Measured, WarmUp } from "./measure.ts"
import type { Parts } from "./shares.ts"
import { quantile } from "./totals.ts"

/** What `millrace bench --json` prints. */
export interface BenchReport {
  readonly plugin: string
  /** What the records are, in words. */
  readonly records: string
  readonly seed: number
  readonly machine: string
  readonly warmUp: WarmUp
  /** Of the run that counts. `seconds`: of wall time. */
  readonly run: {
    readonly seconds: number
    readonly batches: number
    readonly in: number
    readonly out: number
    readonly filtered: number
    readonly failed: number
  }
  /** CPU time of the platform's process and the sandbox's, together. */
  readonly recordsPerCpuSecond: number
  readonly recordsPerSecond: number
  /** From the call to the durable commit: of a batch as a task takes it, and of a record that is alone in its batch. */
  readonly latencyMs: {
    readonly batchRecords: number
    readonly batch: Quantiles
    readonly single: Quantiles
  }
  /** The most that the sandbox process held while it was measured. */
  readonly residentBytes: number
  /** For each record that came in. */
  readonly bytesPerRecord: { readonly in: number; readonly out: number; readonly state: number }
  /** CPU time of a record, microseconds, by where it goes. */
  readonly microsPerRecord: Parts
  /** The same as parts of 1. */
  readonly shares: Parts
  /** The first record that failed; absent: none did. */
  readonly failure?: {
    readonly code: string
    readonly tag?: string
    readonly message: string
    readonly input: string
    readonly record: unknown
  }
  /** What to know about these figures. */
  readonly notes: readonly string[]
  /** What could be better, the first thing to change first. */
  readonly findings: readonly Finding[]
}

export interface Quantiles {
  readonly p50: number
  readonly p99: number
}

const quantiles = (values: readonly number[]): Quantiles => ({
  p50: rounded(quantile(values, 0.5), 3),
  p99: rounded(quantile(values, 0.99), 3)
})

/** So many digits after the point: the rest is noise. */
const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

export interface ReportParts {
  readonly plugin: string
  readonly records: string
  readonly seed: number
  readonly warmUp: WarmUp
  readonly measured: Measured
  readonly singles: readonly number[]
  /** Microseconds of a record. */
  readonly total: number
  readonly parts: Parts
  readonly shares: Parts
  readonly failure: BenchReport["failure"]
  readonly notes: readonly string[]
  readonly findings: readonly Finding[]
}

export const makeReport = (given: ReportParts): BenchReport => {
  const { full, residentBytes } = given.measured
  const { batches, bytesIn, bytesOut, failed, filtered, records, recordsOut, stateBytes, wallMs } = full
  const each = (value: number): number => rounded(value / Math.max(1, records), 1)
  return {
    plugin: given.plugin,
    records: given.records,
    seed: given.seed,
    machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`,
    warmUp: given.warmUp,
    run: { seconds: rounded(wallMs / 1_000, 2), batches, in: records, out: recordsOut, filtered, failed },
    recordsPerCpuSecond: Math.round(1e6 / given.total),
    recordsPerSecond: Math.round(records / (wallMs / 1_000)),
    latencyMs: {
      batchRecords: Math.round(records / Math.max(1, batches)),
      batch: quantiles(full.batchMs),
      single: quantiles(given.singles)
    },
    residentBytes,
    bytesPerRecord: { in: each(bytesIn), out: each(bytesOut), state: each(stateBytes) },
    microsPerRecord: mapParts(given.parts, (value) => rounded(value, 3)),
    shares: given.shares,
    ...(given.failure === undefined ? {} : { failure: given.failure }),
    notes: given.notes,
    findings: given.findings
  }
}

const mapParts = (parts: Parts, convert: (value: number) => number): Parts => ({
  codec: convert(parts.codec),
  body: convert(parts.body),
  hop: convert(parts.hop),
  commit: convert(parts.commit)
})
