import type { CodePoints } from "./code-points.ts"

/** A regular expression, parsed. There are no back references and no look-around: neither can be matched in linear time. */
export type RegexNode =
  | { readonly kind: "set"; readonly points: CodePoints }
  | { readonly kind: "sequence"; readonly items: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly items: readonly RegexNode[] }
  | {
      readonly kind: "repeat"
      readonly item: RegexNode
      readonly least: number
      /** Infinity: without end. */
      readonly most: number
      readonly greedy: boolean
    }
  | { readonly kind: "group"; readonly item: RegexNode; readonly index: number }
  | { readonly kind: "assert"; readonly test: RegexTest }

export type RegexTest = "start" | "end" | "lineStart" | "lineEnd" | "boundary" | "noBoundary"

/** Ends the parsing of a pattern; caught where the pattern is compiled. `at` counts characters from 0. */
export class PatternStop extends Error {
  override readonly name = "PatternStop"
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}
