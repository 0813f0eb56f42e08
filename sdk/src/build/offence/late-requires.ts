import { type Token, tokensOf } from "./source-tokens.ts"

/**
 * The modules that a CommonJS source requires only inside named functions, methods or `try`: it loads without them, and may never
 * need them. A function that is nobody's by name may be called at once (a UMD wrapper is one), and counts as the top.
 */
export const lateRequires = (source: string): ReadonlySet<string> => {
  const tokens = tokensOf(source)
  const late = new Set<string>()
  const early = new Set<string>()
  const open: boolean[] = []
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind === "punctuation" && text === "{") open.push(isLateBlock(tokens, index))
    else if (kind === "punctuation" && text === "}") open.pop()
    else if (kind === "word" && text === "require") {
      const name = requiredBy(tokens, index)
      if (name !== undefined) (open.includes(true) ? late : early).add(name)
    }
  }
  return late.difference(early)
}

const requiredBy = (tokens: readonly Token[], index: number): string | undefined => {
  const [before, opening, name, closing] = [index - 1, index + 1, index + 2, index + 3].map(
    (at) => tokens[at]
  )
  if (before?.text === "." || opening?.text !== "(" || closing?.text !== ")") return undefined
  return name?.kind === "string" ? name.text : undefined
}

const controls: ReadonlySet<string> = new Set(["if", "for", "while", "switch", "with", "catch", "function"])

/** True for the body of a named function, of a method, of a function that is assigned, and of `try`. */
const isLateBlock = (tokens: readonly Token[], brace: number): boolean => {
  const before = tokens[brace - 1]
  if (before?.kind === "word") return before.text === "try"
  if (before?.text === "=>") return isAssigned(tokens, arrowStart(tokens, brace - 1))
  if (before?.text !== ")") return false
  const head = openingOf(tokens, brace - 1) - 1
  const name = tokens[head]
  if (name?.kind !== "word") return false
  if (name.text === "function") return isAssigned(tokens, head)
  return tokens[head - 1]?.text === "function" || !controls.has(name.text)
}

/** `x = function`, `x: () =>`; not `(function`, nor `, function`, which may be called at once. */
const isAssigned = (tokens: readonly Token[], start: number): boolean => {
  const before = tokens[start - 1]
  return before?.kind === "punctuation" && (before.text === "=" || before.text === ":")
}

const arrowStart = (tokens: readonly Token[], arrow: number): number =>
  tokens[arrow - 1]?.text === ")" ? openingOf(tokens, arrow - 1) : arrow - 1

const openingOf = (tokens: readonly Token[], closing: number): number => {
  let depth = 0
  for (let at = closing; at >= 0; at--) {
    if (tokens[at]?.kind !== "punctuation") continue
    if (tokens[at]?.text === ")") depth++
    else if (tokens[at]?.text === "(" && --depth === 0) return at
  }
  return 0
}
