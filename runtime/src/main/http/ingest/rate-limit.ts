/** A bucket for each token: so many requests a second, and twice as many at once after a pause. */
export class RateLimit {
  private readonly perSecond: number
  private readonly buckets = new Map<number, { left: number; at: number }>()

  constructor(perSecond: number) {
    this.perSecond = perSecond
  }

  /** Takes one request of a token at `now` (ms); false when it is one too many. */
  take(token: number, now: number): boolean {
    const most = this.perSecond * 2
    const bucket = this.buckets.get(token) ?? { left: most, at: now }
    const gained = (Math.max(0, now - bucket.at) * this.perSecond) / 1_000
    bucket.left = Math.min(most, bucket.left + gained)
    bucket.at = now
    this.buckets.set(token, bucket)
    if (bucket.left < 1) return false
    bucket.left -= 1
    return true
  }
}
