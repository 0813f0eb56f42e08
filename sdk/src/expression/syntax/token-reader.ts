import {
  expressionError,
  type ExpressionError,
  type ExpressionErrorCode,
  type Span
} from "../expression-error.ts"
import { operandsOf, type Expression } from "./ast.ts"
import { describeToken, reservedWords, type Token } from "./token.ts"

export const maxTextLength = 65_536
export const maxDepth = 64
export const maxNodes = 10_000

/** Ends parsing; caught by `parseExpression` alone. */
export class ParseStop extends Error {
  override readonly name = "ParseStop"
  readonly error: ExpressionError

  constructor(error: ExpressionError) {
    super(error.message)
    this.error = error
  }
}

/** The two levels of the grammar that its tighter levels hold again; given here so that no file imports its importer. */
export interface Grammar {
  /** A whole expression. */
  readonly condition: (reader: TokenReader) => Expression
  /** Whatever binds tighter than a predicate. */
  readonly concat: (reader: TokenReader) => Expression
}

/** The tokens with a place in them, and the limits on what is made of them. */
export class TokenReader {
  private readonly tokens: readonly Token[]
  private readonly grammar: Grammar
  private index = 0
  private nesting = 0
  private nodes = 0
  private readonly depths = new WeakMap<Expression, number>()

  constructor(tokens: readonly Token[], grammar: Grammar) {
    this.tokens = tokens
    this.grammar = grammar
  }

  condition(): Expression {
    return this.nested(() => this.grammar.condition(this))
  }
  concat(): Expression {
    return this.nested(() => this.grammar.concat(this))
  }
  /** One or more whole expressions with commas between. */
  list(): readonly Expression[] {
    const list = [this.condition()]
    while (this.takeSymbol(",")) list.push(this.condition())
    return list
  }

  get token(): Token {
    return this.tokens[this.index]!
  }
  peek(distance: number): Token {
    return this.tokens[Math.min(this.index + distance, this.tokens.length - 1)]!
  }
  next(): Token {
    const token = this.token
    if (token.type !== "end") this.index++
    return token
  }

  isEnd(): boolean {
    return this.token.type === "end"
  }
  isSymbol(text: string): boolean {
    return this.token.type === "symbol" && this.token.text === text
  }
  isWord(...words: readonly string[]): boolean {
    return this.token.type === "name" && words.includes(this.token.text.toUpperCase())
  }
  isWordAt(distance: number, ...words: readonly string[]): boolean {
    const token = this.peek(distance)
    return token.type === "name" && words.includes(token.text.toUpperCase())
  }
  isReserved(): boolean {
    return this.token.type === "name" && reservedWords.has(this.token.text.toUpperCase())
  }
  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false
    this.next()
    return true
  }
  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false
    this.next()
    return true
  }
  expectSymbol(text: string, where: string): Token {
    if (!this.isSymbol(text)) this.unexpected(`${text} ${where}`)
    return this.next()
  }
  expectWord(word: string, where: string): Token {
    if (!this.isWord(word)) this.unexpected(`${word} ${where}`)
    return this.next()
  }

  unexpected(expected: string): never {
    const found = describeToken(this.token)
    this.stop("EXPRESSION_SYNTAX", `expected ${expected}, found ${found}`, this.token.span)
  }
  stop(code: ExpressionErrorCode, message: string, span: Span, hint?: string): never {
    throw new ParseStop(expressionError(code, message, span, hint))
  }

  /**
   * Runs a part of the grammar that may hold itself. INVARIANT: every recursion of the parser passes here, so its
   * stack is bounded. More than the depth, for parentheses make no node and every level passes here up to twice.
   */
  nested<A>(parse: () => A): A {
    if (++this.nesting > 4 * maxDepth) this.tooDeep(this.token.span)
    const result = parse()
    this.nesting--
    return result
  }

  /** From the start of `from` to the end of the token before the present one. */
  spanFrom(from: Span): Span {
    const end = this.index === 0 ? from.end : this.tokens[this.index - 1]!.span.end
    return { start: from.start, end, line: from.line, column: from.column }
  }

  /** Freezes a node and counts it; every node of a tree passes here once, its operands first. */
  node<A extends Expression>(node: A): A {
    if (++this.nodes > maxNodes) {
      this.stop("EXPRESSION_TOO_LARGE", `an expression has at most ${maxNodes} parts`, node.span)
    }
    let depth = 1
    for (const operand of operandsOf(node)) depth = Math.max(depth, 1 + (this.depths.get(operand) ?? 0))
    if (depth > maxDepth) this.tooDeep(node.span)
    this.depths.set(node, depth)
    for (const part of Object.values(node)) if (Array.isArray(part)) Object.freeze(part)
    Object.freeze(node.span)
    return Object.freeze(node)
  }

  private tooDeep(span: Span): never {
    const hint = "compute a part of it in a node before, or join conditions with AND, OR and IN"
    this.stop("EXPRESSION_TOO_DEEP", `an expression nests at most ${maxDepth} deep`, span, hint)
  }
}
