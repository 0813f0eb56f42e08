/** A worker tells of itself twice a second; one that was not heard of for so long is gone. */
const goneMs = 15_000

/** The workers beside the platform, as they tell of themselves. */
export class WorkerRoster {
  private readonly heardAt = new Map<string, number>()

  /** A worker told of itself at this time, ms since 1970. */
  heard(worker: string, at: number): void {
    this.heardAt.set(worker, at)
  }

  /** How many there are at this time, ms since 1970. */
  count(now: number): number {
    for (const [worker, at] of this.heardAt) if (at < now - goneMs) this.heardAt.delete(worker)
    return this.heardAt.size
  }
}
