/** How many of the last records may fail: DESIGN's default is 1 % of 10,000, judged once 1,000 were seen. */
export interface BudgetLimits {
  readonly window: number
  readonly minimum: number
  readonly ratio: number
}

/** Batches that have less of the window together are one group. */
const groupShare = 0.01

/**
 * Counts failures over a sliding window of records, batch by batch: whole batches leave the window when those after
 * them fill it, small ones together. Starts empty after a restart.
 */
export class ErrorBudget {
  private readonly limits: BudgetLimits
  /** The oldest first. */
  private readonly groups: { records: number; failed: number }[] = []
  private records = 0
  private failed = 0

  constructor(limits: BudgetLimits) {
    this.limits = limits
  }

  /** Adds a batch; true when more have failed than may. */
  exceededAfter(records: number, failed: number): boolean {
    if (records > 0 || failed > 0) this.add(records, failed)
    this.records += records
    this.failed += failed
    for (let first = this.groups[0]; first !== undefined; first = this.groups[0]) {
      if (this.records - first.records < this.limits.window) break
      this.groups.shift()
      this.records -= first.records
      this.failed -= first.failed
    }
    return this.records >= this.limits.minimum && this.failed > this.records * this.limits.ratio
  }

  /** The pipeline was paused for it: what failed before is forgiven when it goes on. */
  reset(): void {
    this.groups.length = 0
    this.records = 0
    this.failed = 0
  }

  private add(records: number, failed: number): void {
    const last = this.groups.at(-1)
    if (last === undefined || last.records >= this.limits.window * groupShare)
      this.groups.push({ records, failed })
    else {
      last.records += records
      last.failed += failed
    }
  }
}
