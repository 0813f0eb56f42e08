/** What is done before others get their turn, in records looked at: well under a millisecond. */
const recordsPerTurn = 1_000
/** What it takes to read a frame: in records, and bytes that take as long as one. */
const frameRecords = 20
const bytesPerRecord = 1_024

/** Says when somebody who has much to do is to let others have their turn. */
export class Turn {
  private spent = 0

  /** True where it is over; a new one has begun then. */
  record(): boolean {
    return this.spend(1)
  }

  frame({ length }: Uint8Array): boolean {
    return this.spend(frameRecords + length / bytesPerRecord)
  }

  private spend(records: number): boolean {
    this.spent += records
    if (this.spent < recordsPerTurn) return false
    this.spent = 0
    return true
  }
}
