/** Counts of one node in one call. */
export class Tally {
  recordsIn = 0
  recordsOut = 0
  /** Of records: what something was made of, however much. Counted by itself, so that an audit can hold it to the others. */
  handled = 0
  filtered = 0
  failed = 0
  late = 0
}
