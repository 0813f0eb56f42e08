import type { Offence } from "../build-error.ts"
import { builtinRemedy } from "./builtin-remedy.ts"
import { type Token, tokensOf } from "./source-tokens.ts"

/** What an author's own source uses that no sandbox has, and no bundler tells: globals. `at`: UTF-16 code units from 0. */
export interface SourceOffence {
  readonly code: Offence["code"]
  readonly at: number
  readonly length: number
  readonly message: string
  readonly remedy: string
}

const noCode = "The sandbox runs no code made from text: write it out, or take an Expression from the config."
const noWasm = "WebAssembly's memory escapes the sandbox's limits: use a package of JavaScript alone."

interface Rule {
  readonly code: Offence["code"]
  /** What must follow the name. */
  readonly follows: RegExp
  readonly message: string
  readonly remedy: string
}

const rules: { readonly [global: string]: Rule } = {
  Function: { code: "DYNAMIC_CODE", follows: /^\($/, message: "Function makes code of text", remedy: noCode },
  eval: { code: "DYNAMIC_CODE", follows: /^[),]$/, message: "eval runs code made of text", remedy: noCode },
  WebAssembly: {
    code: "WASM",
    follows: /^\.$/,
    message: "WebAssembly is not in the sandbox",
    remedy: noWasm
  },
  process: {
    code: "BUILTIN",
    follows: /^\.$/,
    message: "process is of Node.js, which the sandbox is not",
    remedy: `${builtinRemedy("process")}.`
  },
  Buffer: {
    code: "BUILTIN",
    follows: /^\.$/,
    message: "Buffer is of Node.js, which the sandbox is not",
    remedy: `${builtinRemedy("buffer")}.`
  },
  fetch: {
    code: "BUILTIN",
    follows: /^\($/,
    message: "fetch is not in the sandbox",
    remedy: `${builtinRemedy("http")}.`
  }
}

/** Every use of such a global, unless the source declares the name itself. */
export const sourceOffences = (source: string): readonly SourceOffence[] => {
  if (!/\b(?:Function|eval|WebAssembly|process|Buffer|fetch)\b/.test(source)) return []
  const tokens = tokensOf(source)
  const own = declaredNames(tokens)
  return tokens.flatMap(({ kind, text, at }, index) => {
    const rule = kind === "word" && Object.hasOwn(rules, text) ? rules[text] : undefined
    if (rule === undefined || !rule.follows.test(tokens[index + 1]?.text ?? "")) return []
    // No module can give `eval` another meaning.
    if (text !== "eval" && own.has(text)) return []
    if (isMember(tokens, index) || isMethod(tokens, index)) return []
    const { code, message, remedy } = rule
    return [{ code, at, length: text.length, message, remedy }]
  })
}

/** `x.fetch`, which is something else, and not `globalThis.fetch`. */
const isMember = (tokens: readonly Token[], index: number): boolean => {
  if (tokens[index - 1]?.text !== ".") return false
  const owner = tokens[index - 2]?.text ?? ""
  return owner !== "globalThis" && owner !== "self"
}

/** `fetch(…) { … }`, a method's name; `typeof process.x` only asks whether there is one. */
const isMethod = (tokens: readonly Token[], index: number): boolean => {
  const before = tokens[index - 1]?.text ?? ""
  if (before === "typeof" || before === "*" || before === "function") return true
  if (tokens[index + 1]?.text !== "(") return false
  let depth = 0
  for (let at = index + 1; at < tokens.length; at++) {
    if (tokens[at]?.text === "(") depth++
    if (tokens[at]?.text === ")" && --depth === 0) return tokens[at + 1]?.text === "{"
  }
  return false
}

const declares: ReadonlySet<string> = new Set(["const", "let", "var", "function", "class", "import", "as"])

/** Names that the source gives a meaning of its own: declared, imported, a parameter, a property or a method. */
const declaredNames = (tokens: readonly Token[]): ReadonlySet<string> =>
  new Set(
    tokens.flatMap(({ kind, text }, index) => {
      const before = tokens[index - 1]?.text ?? ""
      const after = tokens[index + 1]?.text ?? ""
      if (kind !== "word") return []
      const inList = (before === "{" || before === "," || before === "(") && /^[},:)=]$|^=>$/.test(after)
      return declares.has(before) || inList ? [text] : []
    })
  )
