import { styleText } from "node:util"

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan"

/** Styles text for a terminal; plain elsewhere, with NO_COLOR set, and for `TERM=dumb` (`styleText` looks at the stream and the environment). */
export const paint = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream, validateStream: true })

/** Text that came from a plugin, a record or a server: control characters are shown, not obeyed. */
export const printable = (text: string): string =>
  text.replace(
    /[^\P{Cc}\t\n]/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`
  )

/** Columns aligned by their widest cell, two spaces between; the last column is not padded. */
export const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
  )
}
