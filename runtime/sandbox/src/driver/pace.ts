/** Share of the newest run in what is expected of the next. */
const newest = 0.5
/** Of a segment that has run nothing yet: twice as many come through within the usual deadline at 30 ms a record. */
const firstRecords = 160

/**
 * What a record takes by the runs before, so that the next run is made no longer than is wanted: of a guest, that it neither comes
 * near its deadline nor keeps the other segments of its process waiting; of a task, that it commits every now and then.
 */
export class Pace {
  private msPerRecord: number | undefined
  private readonly first: number
  private firstRuns: number

  /** `first`: records of a run before anything is known; `firstRuns`: so many runs have no more. */
  constructor(first: number = firstRecords, firstRuns: number = 1) {
    this.first = first
    this.firstRuns = firstRuns
  }

  /** Records that a run of `targetMs` takes; at least 1. */
  fitting(targetMs: number): number {
    if (this.msPerRecord === undefined || this.firstRuns > 0) return this.first
    return Math.max(1, Math.floor(targetMs / this.msPerRecord))
  }

  note(records: number, ms: number): void {
    if (records === 0) return
    this.firstRuns -= 1
    const now = ms / records
    this.msPerRecord =
      this.msPerRecord === undefined ? now : this.msPerRecord + newest * (now - this.msPerRecord)
  }
}
