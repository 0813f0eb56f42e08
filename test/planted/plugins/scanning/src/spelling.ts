/** Letters that differ between two texts: Levenshtein's distance. */
const distance = (left: string, right: string): number => {
  let above = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1
      current.push(
        Math.min((current[column - 1] ?? 0) + 1, (above[column] ?? 0) + 1, (above[column - 1] ?? 0) + same)
      )
    }
    above = current
  }
  return above[right.length] ?? 0
}

/** A spelling of a name with one of its letters at the end; the 0th is the name itself. */
const spelling = (name: string, n: number): string => {
  const at = n % name.length
  return n === 0 ? name : `${name.slice(0, at)}${name.slice(at + 1)}${name[at] ?? ""}`
}

/** The name that is nearest to a typed text or to a spelling of it, in so many comparisons; those of the text itself come first. */
export const nearest = (typed: string, names: readonly string[], comparisons: number): string => {
  let best = typed
  let least = Infinity
  for (let n = 0; n < comparisons; n++) {
    const tried = spelling(typed, Math.floor(n / names.length))
    const name = names[n % names.length] ?? typed
    const differs = distance(tried, name)
    if (differs < least) [best, least] = [name, differs]
  }
  return least <= 1 ? best : typed
}
