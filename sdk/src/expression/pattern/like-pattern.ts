/** The longest pattern of LIKE, in code points: with it the matcher's time is bounded by the text's length. */
export const maxPatternLength = 4_096

/** What is wrong with a pattern that is known before it runs, if anything. */
export function likeProblem(pattern: string, escape: string | null): string | undefined {
  const characters = Array.from(pattern)
  if (characters.length > maxPatternLength) return `a pattern has at most ${maxPatternLength} characters`
  if (escape === null) return undefined
  if (Array.from(escape).length !== 1) return "the escape of LIKE is one character"
  for (let index = 0; index < characters.length; index++) {
    if (characters[index] !== escape) continue
    const next = characters[++index]
    if (next !== "%" && next !== "_" && next !== escape) {
      return `after the escape ${escape} a pattern has %, _ or ${escape}`
    }
  }
  return undefined
}
