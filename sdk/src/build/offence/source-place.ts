/** Line and column of a place in a source, both from 1; `at` and the column count UTF-16 code units. */
export const placeIn = (source: string, at: number): { readonly line: number; readonly column: number } => {
  const before = source.slice(0, at)
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") }
}
