/** A literal text, or a letter of java.text.SimpleDateFormat and how often it stands. */
export type DatePiece = string | readonly [letter: string, length: number]

const known = "yMdDEuHkKhmsSaXZ"

/** The pieces of a format such as `yyyy-MM-dd'T'HH:mm:ss.SSS`, or what is wrong with it. */
export function parseDateFormat(
  text: string
): { readonly ok: readonly DatePiece[] } | { readonly problem: string } {
  if (text.length > 200) return { problem: "a date format has at most 200 characters" }
  const pieces: DatePiece[] = []
  const add = (literal: string) => {
    const last = pieces.at(-1)
    if (typeof last === "string") pieces[pieces.length - 1] = last + literal
    else pieces.push(literal)
  }
  for (let at = 0; at < text.length;) {
    const letter = text[at]!
    if (letter === "'") {
      const quoted = /^'((?:[^']|'')*)'/.exec(text.slice(at))
      if (quoted === null) return { problem: "a ' in the date format has no end" }
      add(quoted[1] === "" ? "'" : quoted[1]!.replaceAll("''", "'"))
      at += quoted[0].length
    } else if (/^[A-Za-z]$/.test(letter)) {
      let length = 1
      while (text[at + length] === letter) length++
      if (!known.includes(letter) || length > 9) {
        return {
          problem: `${letter.repeat(Math.min(length, 10))} is no part of a date; text stands in 'quotes'`
        }
      }
      pieces.push([letter, length])
      at += length
    } else {
      add(letter)
      at++
    }
  }
  return { ok: pieces }
}
