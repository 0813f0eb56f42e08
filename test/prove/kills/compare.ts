// What the proofs hold the effects of a run to, whatever log they were read from.

const maxShown = 5

/** By key, in the order in which they stand: each record that is expected, once, in its place, and no other. */
export function compareSequences<Key extends string | number, Value>(
  where: string,
  found: ReadonlyMap<Key, readonly Value[]>,
  expected: ReadonlyMap<Key, readonly Value[]>,
  isSame: (one: Value, other: Value | undefined) => boolean
): readonly string[] {
  const faults: string[] = []
  for (const [key, wanted] of expected) {
    const own = found.get(key) ?? []
    const at = wanted.findIndex((record, index) => !isSame(record, own[index]))
    const place = at < 0 && own.length > wanted.length ? wanted.length : at
    if (place >= 0)
      faults.push(
        `${where}: key ${key} has ${own.length} records of ${wanted.length}; at ${place} ${JSON.stringify(own[place])}, not ${JSON.stringify(wanted[place])}`
      )
  }
  for (const key of found.keys()) if (!expected.has(key)) faults.push(`${where}: key ${key} was never given`)
  return shortened(where, faults)
}

/** Each letter that is expected, once, and no other. */
export function compareDead(found: readonly string[], expected: ReadonlySet<string>): readonly string[] {
  const faults: string[] = []
  const once = new Set<string>()
  for (const letter of found) {
    if (!expected.has(letter)) faults.push(`dead letters: ${letter} did not fail`)
    if (once.has(letter)) faults.push(`dead letters: ${letter} is there twice`)
    once.add(letter)
  }
  for (const letter of expected) if (!once.has(letter)) faults.push(`dead letters: ${letter} is lost`)
  return shortened("dead letters", faults)
}

/** The first few, and how many more there are. */
export function shortened(where: string, faults: readonly string[]): readonly string[] {
  if (faults.length <= maxShown) return faults
  return [...faults.slice(0, maxShown), `${where}: and ${faults.length - maxShown} more`]
}
