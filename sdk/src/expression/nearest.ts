/** The candidates most like `name`, nearest first, at most three; none that differs in more than a third of its letters. */
export function nearestNames(name: string, candidates: readonly string[]): readonly string[] {
  const wanted = name.slice(0, 64).toLowerCase()
  const budget = Math.max(1, Math.floor(wanted.length / 3))
  return candidates
    .slice(0, 2_000)
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.slice(0, 64).toLowerCase()) }))
    .filter(({ distance }) => distance <= budget)
    .sort((left, right) => left.distance - right.distance || (left.candidate < right.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

/** "did you mean a?", "did you mean a, b or c?", or undefined when nothing is near. */
export function didYouMean(name: string, candidates: readonly string[]): string | undefined {
  const near = nearestNames(name, candidates)
  const last = near.at(-1)
  if (last === undefined) return undefined
  const front = near.slice(0, -1).join(", ")
  return `did you mean ${front === "" ? last : `${front} or ${last}`}?`
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each cost one. */
function editDistance(left: string, right: string): number {
  let older: readonly number[] = []
  let previous: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const substitution = previous[column - 1]! + (left[row - 1] === right[column - 1] ? 0 : 1)
      let best = Math.min(substitution, previous[column]! + 1, current[column - 1]! + 1)
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (row > 1 && column > 1 && swapped) best = Math.min(best, older[column - 2]! + 1)
      current.push(best)
    }
    older = previous
    previous = current
  }
  return previous[right.length]!
}
