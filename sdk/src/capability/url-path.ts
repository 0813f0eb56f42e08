/** A path and query with places for values, taken apart once. */
export interface UrlPath {
  /** The names that the template asks for, in its order. */
  readonly names: readonly string[]
  /** Fills the template in, or says which value cannot stand in it. */
  readonly fill: (valueOf: (name: string) => unknown) => string | UrlPathProblem
}

/** Why a path cannot be made: the end of a sentence about the value. */
export interface UrlPathProblem {
  readonly name: string
  readonly problem: string
}

type Part = { readonly text: string } | { readonly name: string; readonly isInPath: boolean }

/**
 * A template of a URL's path and query: `urlPath("/films/{filmId}?lang={lang}")`. Names are letters, digits and `_`, or
 * `$key`; a brace that names nothing is text.
 *
 * Every value is percent-encoded as a whole, so that a record's text adds no part, no query and no dot segment: text,
 * numbers and booleans may stand in it. In the path a value that is empty, `.` or `..` is refused, for it would name
 * another resource.
 */
export const urlPath = (template: string): UrlPath => {
  const parts = partsOf(template)
  return {
    names: parts.flatMap((part) => ("name" in part ? [part.name] : [])),
    fill: (valueOf) => {
      let path = ""
      for (const part of parts) {
        if ("text" in part) {
          path += part.text
          continue
        }
        const text = textOf(valueOf(part.name))
        const problem = problemOf(text, part.isInPath)
        if (problem !== undefined) return { name: part.name, problem }
        path += encodeURIComponent(text ?? "")
      }
      return path
    }
  }
}

const partsOf = (template: string): readonly Part[] => {
  const parts: Part[] = []
  const query = template.indexOf("?")
  let end = 0
  for (const found of template.matchAll(/\{(\$key|[A-Za-z_][A-Za-z0-9_]*)\}/g)) {
    if (found.index > end) parts.push({ text: template.slice(end, found.index) })
    parts.push({ name: found[1] ?? "", isInPath: query < 0 || found.index < query })
    end = found.index + found[0].length
  }
  if (end < template.length) parts.push({ text: template.slice(end) })
  return parts
}

const problemOf = (text: string | undefined, isInPath: boolean): string | undefined => {
  if (text === undefined) return "is no text, number or boolean"
  if (!text.isWellFormed()) return "is not well-formed text"
  const isOther = text === "" || text === "." || text === ".."
  return isInPath && isOther ? `is ${JSON.stringify(text)}, which cannot stand in a path` : undefined
}

const textOf = (value: unknown): string | undefined => {
  if (typeof value === "string") return value
  const isPlain = typeof value === "number" || typeof value === "bigint" || typeof value === "boolean"
  return isPlain ? String(value) : undefined
}
