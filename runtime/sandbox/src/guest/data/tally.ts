/** Counts of one node in one call. */
export class Tally {
  recordsIn = 0
  recordsOut = 0
  filtered = 0
  failed = 0
  late = 0
}
