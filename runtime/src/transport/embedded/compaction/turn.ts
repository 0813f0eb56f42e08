/** What is done before others get their turn, in records looked at: about half a millisecond. */
const recordsPerTurn = 1_000
/** Of who falls behind. */
const mostTurns = 8
/** What it takes to read a frame: in records, and bytes that take as long as one. */
const frameRecords = 20
const bytesPerRecord = 1_024

/** Says when somebody who has much to do is to let others have their turn. */
export class Turn {
  private spent = 0
  private readonly records: number

  /** `behind`: how many times as much there is to do as there should be. A turn grows with it, or what is put off would grow for ever. */
  constructor(behind: number) {
    this.records = recordsPerTurn * Math.max(1, Math.min(mostTurns, behind))
  }

  /** True where it is over; a new one has begun then. */
  record(): boolean {
    return this.spend(1)
  }

  frame({ length }: Uint8Array): boolean {
    return this.spend(frameRecords + length / bytesPerRecord)
  }

  private spend(records: number): boolean {
    this.spent += records
    if (this.spent < this.records) return false
    this.spent = 0
    return true
  }
}
