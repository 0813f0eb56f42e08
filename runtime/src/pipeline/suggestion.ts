const maxLength = 80

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
const distance = (left: string, right: string): number => {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const current = [i]
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1
      let best = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost)
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
      if (swapped) best = Math.min(best, beforePrevious[j - 2]! + 1)
      current.push(best)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length]!
}

/** The candidate that `name` was most likely meant to be, ignoring case; undefined when none is near. */
export const nearest = (name: string, candidates: Iterable<string>): string | undefined => {
  if (name.length > maxLength) return undefined
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.floor(Math.max(name.length, 3) / 3) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance || candidate.length > maxLength) continue
    const found = distance(wanted, candidate.toLowerCase())
    if (found >= bestDistance) continue
    best = candidate
    bestDistance = found
  }
  return best
}

const listed = 12

/** A remedy that names the nearest candidate, and what there is to choose from. */
export const suggest = (name: string, candidates: readonly string[], what: string): string => {
  const near = nearest(name, candidates)
  if (near !== undefined) return `Did you mean ${near}?`
  if (candidates.length === 0) return `There is no ${what} here to choose from.`
  const rest = candidates.length > listed ? `, … (${candidates.length} in all)` : ""
  return `Choose one of: ${candidates.slice(0, listed).join(", ")}${rest}.`
}
