/** How many of the last records may fail: DESIGN's default is 1 % of 10,000, judged once 1,000 were seen. */
export interface BudgetLimits {
  readonly window: number
  readonly minimum: number
  readonly ratio: number
}

/**
 * Counts failures over a sliding window of records, batch by batch: whole batches leave the window when those after
 * them fill it. Starts empty after a restart.
 */
export class ErrorBudget {
  private readonly limits: BudgetLimits
  private readonly batches: { readonly records: number; readonly failed: number }[] = []
  private records = 0
  private failed = 0

  constructor(limits: BudgetLimits) {
    this.limits = limits
  }

  /** Adds a batch; true when more have failed than may. */
  exceededAfter(records: number, failed: number): boolean {
    if (records > 0 || failed > 0) this.batches.push({ records, failed })
    this.records += records
    this.failed += failed
    for (let first = this.batches[0]; first !== undefined; first = this.batches[0]) {
      if (this.records - first.records < this.limits.window) break
      this.batches.shift()
      this.records -= first.records
      this.failed -= first.failed
    }
    return this.records >= this.limits.minimum && this.failed > this.records * this.limits.ratio
  }

  /** The pipeline was paused for it: what failed before is forgiven when it goes on. */
  reset(): void {
    this.batches.length = 0
    this.records = 0
    this.failed = 0
  }
}
