/** Some lines of a text around a place, with a caret below it. Line and column count from 1. */
export const codeFrame = (text: string, line: number, column: number): readonly string[] => {
  const lines = text.split(/\r?\n/)
  if (line < 1 || line > lines.length) return []
  const first = Math.max(1, line - contextLines)
  const last = Math.min(lines.length, line + contextLines)
  const width = String(last).length
  const framed: string[] = []
  for (let number = first; number <= last; number++) {
    const source = shown(lines[number - 1] ?? "")
    framed.push(`${number === line ? ">" : " "} ${String(number).padStart(width)} | ${source}`.trimEnd())
    if (number !== line) continue
    const indent = shown((lines[number - 1] ?? "").slice(0, Math.max(0, column - 1))).length
    framed.push(`  ${" ".repeat(width)} | ${" ".repeat(Math.min(indent, maxWidth))}^`)
  }
  return framed
}

const contextLines = 2
const maxWidth = 160

const shown = (line: string): string => {
  const spaced = line.replaceAll("\t", "  ")
  return spaced.length > maxWidth ? `${spaced.slice(0, maxWidth)}…` : spaced
}
