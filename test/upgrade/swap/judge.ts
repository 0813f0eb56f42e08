/** A count as the log has it, in the order of its partition. */
export interface LoggedCount {
  readonly partition: number
  readonly key: string
  readonly seq: number
  readonly n: number
  readonly by: string
}

/** Ticks go round so many keys. */
const keys = 20
const mostFaults = 20

/**
 * What is wrong with the counts of a pipeline whose counter was swapped: a tick that is missing, comes twice or in another order, a
 * count by a version that was never taken over or after a later one, a version that counted nothing. `taken`: in their order.
 */
export const faultsOf = (counts: readonly LoggedCount[], taken: readonly string[]): readonly string[] => {
  const faults: string[] = []
  const last = new Map<string, LoggedCount>()
  const reached = new Map<number, number>()
  const seen = new Set<string>()
  for (const count of counts) {
    const { by, key, n, partition, seq } = count
    const before = last.get(key)
    const next =
      before === undefined ? { n: 1, seq: Number(key.slice(1)) } : { n: before.n + 1, seq: before.seq + keys }
    if (n !== next.n || seq !== next.seq)
      faults.push(`${key}: tick ${seq} is counted as ${n}, where tick ${next.seq} as ${next.n} is next`)
    last.set(key, count)
    const version = taken.indexOf(by)
    if (version < 0) faults.push(`${key}: tick ${seq} is counted by ${by}, which was never taken over`)
    if (version >= 0 && version < (reached.get(partition) ?? 0))
      faults.push(`partition ${partition}: tick ${seq} is counted by ${by} after a later version`)
    reached.set(partition, Math.max(version, reached.get(partition) ?? 0))
    seen.add(by)
  }
  for (const version of taken)
    if (!seen.has(version)) faults.push(`${version} was taken over and counted nothing`)
  return faults.slice(0, mostFaults)
}
