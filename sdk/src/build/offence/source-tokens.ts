/** A token of JavaScript or TypeScript: enough to see which function a call stands in. `at`: its first UTF-16 code unit. */
export interface Token {
  readonly kind: "word" | "string" | "punctuation" | "other"
  /** A string's text is what stands between its quotes. */
  readonly text: string
  readonly at: number
}

const pattern =
  /(?<space>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<word>[\p{ID_Start}$_#][\p{ID_Continue}$]*)|(?<number>\.?[0-9][\w.]*)|(?<string>"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|(?<punctuation>=>|[\s\S])/uy

const regularExpression = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
/** After these a slash begins a regular expression; after any other word it divides. */
const beforeExpression: ReadonlySet<string> = new Set(
  "return typeof case in of delete void throw new instanceof do else yield await".split(" ")
)

/**
 * The tokens of a source, without comments and space. A slash is told from a regular expression by what stands before it, which
 * is a guess after `)` and `}`; a source that is guessed wrong gives tokens that mean nothing, and so must be of no consequence
 * but a refusal.
 */
export const tokensOf = (source: string): readonly Token[] => {
  const tokens: Token[] = []
  // For each template that is open: how many braces of its `${` are.
  const templates: number[] = []
  let at = 0
  while (at < source.length) {
    if (source[at] === "`" || (source[at] === "}" && templates.at(-1) === 0)) {
      if (source[at] === "}") templates.pop()
      const end = templateEnd(source, at + 1)
      if (end.opens) templates.push(0)
      tokens.push({ kind: "other", text: "`", at })
      at = end.at
      continue
    }
    const token = nextToken(source, at, tokens.at(-1))
    if (token.kind !== "space") {
      countBrace(templates, token.text)
      tokens.push({ kind: token.kind, text: token.text, at })
    }
    at = token.end
  }
  return tokens
}

const countBrace = (templates: number[], text: string): void => {
  const last = templates.length - 1
  if (last < 0 || (text !== "{" && text !== "}")) return
  templates[last] = (templates[last] ?? 0) + (text === "{" ? 1 : -1)
}

const nextToken = (source: string, at: number, before: Token | undefined) => {
  pattern.lastIndex = at
  const groups = pattern.exec(source)?.groups ?? {}
  const { space, word, string } = groups
  const whole = space ?? word ?? groups["number"] ?? string ?? groups["punctuation"] ?? source.charAt(at)
  const end = at + whole.length
  if (space !== undefined) return { kind: "space" as const, text: "", end }
  if (word !== undefined) return { kind: "word" as const, text: word, end }
  if (string !== undefined) return { kind: "string" as const, text: string.slice(1, -1), end }
  if (whole === "/" && beginsExpression(before)) {
    regularExpression.lastIndex = at
    const found = regularExpression.exec(source)
    if (found !== null) return { kind: "other" as const, text: "/", end: at + found[0].length }
  }
  return {
    kind: groups["number"] === undefined ? ("punctuation" as const) : ("other" as const),
    text: whole,
    end
  }
}

const beginsExpression = (before: Token | undefined): boolean => {
  if (before === undefined) return true
  if (before.kind === "word") return beforeExpression.has(before.text)
  return before.kind === "punctuation" && before.text !== ")" && before.text !== "]"
}

const templateEnd = (source: string, from: number): { readonly at: number; readonly opens: boolean } => {
  for (let at = from; at < source.length; at++) {
    if (source[at] === "\\") at++
    else if (source[at] === "`") return { at: at + 1, opens: false }
    else if (source[at] === "$" && source[at + 1] === "{") return { at: at + 2, opens: true }
  }
  return { at: source.length, opens: false }
}
