/** What a sweep reads and removes, inside one transaction. Keys are stored keys of one task. */
export interface SweepTarget {
  /** Entries from a key on, that key included, or all of the task's, in order; with when each expires, ms since 1970, 0: never. */
  readonly from: (
    key: Uint8Array | undefined
  ) => Iterable<{ readonly key: Uint8Array; readonly expiry: number }>
  readonly remove: (key: Uint8Array) => void
}

/**
 * Removes what has expired and nobody asks for any more, some entries at a time, round and round: what is kept of keys that
 * do not come again is bounded by how much is written.
 */
export class ExpirySweep {
  private next: Uint8Array | undefined

  /** Looks at `limit` entries after those of the last time. */
  step(target: SweepTarget, limit: number, now: number): void {
    const expired: Uint8Array[] = []
    let seen = 0
    let next: Uint8Array | undefined
    for (const { expiry, key } of target.from(this.next)) {
      if (seen === limit) {
        next = Uint8Array.from(key)
        break
      }
      seen += 1
      if (expiry !== 0 && expiry <= now) expired.push(Uint8Array.from(key))
    }
    this.next = next
    for (const key of expired) target.remove(key)
  }
}
