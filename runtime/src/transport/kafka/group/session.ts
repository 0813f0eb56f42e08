/** How long a member may count on being one. */
export interface SessionTerms {
  readonly sessionTimeoutMs: number
  /** How long the others wait for a member that has not joined again, and then go on without it. */
  readonly rebalanceTimeoutMs: number
}

/**
 * Until when a member of a group is one for sure, by this machine's clock. A broker puts a member out once its session's time has
 * passed since it last heard of it, which was not before we said it, or once a rebalance has waited long enough for it to join
 * again. So what we sent and what was answered bounds both, whatever happens to a process: one that is stopped for
 * a minute knows by the clock, in its first instruction, that it is none any more.
 */
export class Session {
  readonly #terms: SessionTerms
  #heardAt = -Infinity
  #settledAt = -Infinity

  constructor(terms: SessionTerms) {
    this.#terms = terms
  }

  /** A request that was sent then was answered as one of a member's. `isSettled`: no rebalance was under way. In milliseconds of any clock that never goes back. */
  confirm(sentAt: number, isSettled: boolean): void {
    this.#heardAt = Math.max(this.#heardAt, sentAt)
    if (isSettled) this.#settledAt = Math.max(this.#settledAt, sentAt)
  }

  end(): void {
    this.#heardAt = -Infinity
    this.#settledAt = -Infinity
  }

  endsAt(): number {
    const { rebalanceTimeoutMs, sessionTimeoutMs } = this.#terms
    return Math.min(this.#heardAt + sessionTimeoutMs, this.#settledAt + rebalanceTimeoutMs)
  }
}
