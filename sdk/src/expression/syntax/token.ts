import type { Span } from "../expression-error.ts"

export interface Token {
  readonly type: "name" | "quoted" | "string" | "number" | "symbol" | "end"
  /** name: as written; quoted and string: the content without quotes; symbol: the operator; number: as written. */
  readonly text: string
  readonly span: Span
}

/** Words that are never a field unless quoted; the others (`date`, `year`, `position`…) are fields where a field can stand. */
export const reservedWords: ReadonlySet<string> = new Set([
  "AND",
  "AS",
  "BETWEEN",
  "CASE",
  "DISTINCT",
  "ELSE",
  "END",
  "ESCAPE",
  "FALSE",
  "FROM",
  "IN",
  "IS",
  "LIKE",
  "NOT",
  "NULL",
  "OR",
  "SELECT",
  "THEN",
  "TRUE",
  "WHEN",
  "WHERE"
])

/** Words that begin a value when a [ follows; quoted where a field has one as its name. */
export const constructorWords: ReadonlySet<string> = new Set(["ARRAY", "MAP"])

export const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/

/** What a message calls a token. */
export function describeToken(token: Token): string {
  if (token.type === "end") return "the end of the expression"
  if (token.type === "string") return "a string"
  return token.type === "quoted" ? `\`${token.text}\`` : token.text
}
