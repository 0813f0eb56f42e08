/** A line of a comparison: in both, only in the old, or only in the new. */
export interface DiffLine {
  readonly sign: " " | "-" | "+"
  readonly text: string
}

/** Longer texts are shown as wholly replaced: the table below grows with the product of their lengths. */
const mostLines = 2_000

/** What was taken out and put in between two texts, by their longest common subsequence of lines. */
export const lineDiff = (before: string, after: string): readonly DiffLine[] => {
  const old = before.split("\n")
  const now = after.split("\n")
  if (old.length > mostLines || now.length > mostLines)
    return [...old.map((text) => line("-", text)), ...now.map((text) => line("+", text))]
  const lengths = commonLengths(old, now)
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push(line(" ", old[i] ?? ""))
      i += 1
      j += 1
    } else if (j >= now.length || (i < old.length && at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      lines.push(line("-", old[i] ?? ""))
      i += 1
    } else {
      lines.push(line("+", now[j] ?? ""))
      j += 1
    }
  }
  return lines
}

const line = (sign: DiffLine["sign"], text: string): DiffLine => ({ sign, text })

const at = (lengths: readonly Uint16Array[], i: number, j: number): number => lengths[i]?.[j] ?? 0

/** Length of the longest common subsequence of what follows each pair of lines. */
const commonLengths = (old: readonly string[], now: readonly string[]): readonly Uint16Array[] => {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1))
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--) {
      const row = lengths[i]
      if (row === undefined) continue
      row[j] =
        old[i] === now[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1))
    }
  return lengths
}
