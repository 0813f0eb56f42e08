/**
 * How many records are worth a look: some at once when there is something new to see, then one every few seconds, so that a fast
 * stream does not flood the terminal.
 */
export class ShowBudget {
  private tokens: number
  private last: number
  private readonly burst: number
  private readonly everyMs: number

  constructor(burst: number, everyMs: number) {
    this.burst = burst
    this.everyMs = everyMs
    this.tokens = burst
    this.last = 0
  }

  /** There is something new: a version, or a replay. */
  refill(): void {
    this.tokens = this.burst
  }

  /** True when one more may be shown now (ms since 1970). */
  take(now: number): boolean {
    if (this.tokens === 0 && now - this.last < this.everyMs) return false
    this.tokens = Math.max(0, this.tokens - 1)
    this.last = now
    return true
  }
}
