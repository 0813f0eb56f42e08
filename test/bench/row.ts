import { cpus, totalmem } from "node:os"

/** One line of a benchmark: ours against a named peer, measured in the same run, both verified to give equal results first. */
export interface BenchRow {
  readonly name: string
  /** Records per CPU-second unless `unit` says otherwise; the median of the rounds. */
  readonly ours: number
  readonly peer: number
  /** ours / peer. */
  readonly ratio: number
  readonly unit: string
  readonly rounds: number
  readonly verified: boolean
  readonly machine: string
  /** Records per second of wall time, ours; beside the CPU figure. */
  readonly wall?: number
  readonly peerName?: string
}

/** What the figures were measured on. */
export const machine = (): string =>
  `${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}
