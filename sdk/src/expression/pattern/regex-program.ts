import type { CodePoints } from "./code-points.ts"
import { parseRegex } from "./parse-regex.ts"
import { parseSimilar } from "./parse-similar.ts"
import { PatternStop, type RegexNode, type RegexTest } from "./regex-node.ts"

/** The longest pattern, in code points, and the most instructions that one may become: with both matching is linear in the text. */
export const maxRegexLength = 1_000
export const maxRegexInstructions = 2_000

/**
 * A pattern as the instructions of a Pike machine (Russ Cox, "Regular Expression Matching: the Virtual Machine Approach"),
 * which generation/library/regex-functions.ts runs. Plain data, so that it can be written into code as JSON.
 */
export interface RegexProgram {
  /** Three numbers an instruction: operation, and two operands. */
  readonly code: readonly number[]
  readonly sets: readonly CodePoints[]
  readonly groups: number
  /** What every match begins with; the search goes on from one place of it to the next. */
  readonly prefix: string
  /** A match can only begin at the start of the text. */
  readonly anchored: boolean
}

export type RegexResult = { readonly ok: RegexProgram } | { readonly problem: string }

/** The operations; the machine has the same numbers. */
export const regexOperations = { point: 0, set: 1, split: 2, jump: 3, save: 4, test: 5, match: 6 } as const
export const regexTests: readonly RegexTest[] = [
  "start",
  "end",
  "lineStart",
  "lineEnd",
  "boundary",
  "noBoundary"
]

export function compileRegex(text: string): RegexResult {
  return compile(text, () => parseRegex(text))
}

export function compileSimilar(text: string, escape: string | null): RegexResult {
  if (escape !== null && Array.from(escape).length !== 1)
    return { problem: "the escape of SIMILAR TO is one character" }
  return compile(text, () => ({ node: parseSimilar(text, escape), groups: 0 }))
}

function compile(
  text: string,
  parse: () => { readonly node: RegexNode; readonly groups: number }
): RegexResult {
  if (Array.from(text).length > maxRegexLength) {
    return { problem: `a pattern has at most ${maxRegexLength} characters` }
  }
  try {
    const { node, groups } = parse()
    const assembler = new Assembler()
    assembler.save(0)
    assembler.add(node)
    assembler.save(1)
    assembler.instruction(regexOperations.match)
    const prefix = prefixOf(node)
    return { ok: { code: assembler.code, sets: assembler.sets, groups, prefix, anchored: isAnchored(node) } }
  } catch (stop) {
    if (!(stop instanceof PatternStop)) throw stop
    return { problem: `${stop.message} (character ${stop.at + 1} of the pattern)` }
  }
}

class Assembler {
  readonly code: number[] = []
  readonly sets: CodePoints[] = []
  private visits = 0

  instruction(operation: number, first = 0, second = 0): number {
    const at = this.code.length / 3
    if (at >= maxRegexInstructions) {
      throw new PatternStop(
        `the pattern is too large: repetitions make more than ${maxRegexInstructions} steps of it`,
        0
      )
    }
    this.code.push(operation, first, second)
    return at
  }
  save(slot: number): void {
    this.instruction(regexOperations.save, slot)
  }

  add(node: RegexNode): void {
    // Empty parts make no instructions, but repetitions of repetitions of them take as long.
    if (++this.visits > 10 * maxRegexInstructions) throw new PatternStop("the pattern repeats too much", 0)
    switch (node.kind) {
      case "set":
        return this.addSet(node.points)
      case "sequence":
        for (const item of node.items) this.add(item)
        return
      case "choice":
        return this.addChoice(node.items)
      case "repeat":
        return this.addRepeat(node)
      case "group":
        this.save(2 * node.index)
        this.add(node.item)
        return this.save(2 * node.index + 1)
      case "assert":
        this.instruction(regexOperations.test, regexTests.indexOf(node.test))
    }
  }

  private addSet(points: CodePoints): void {
    const [first = 0, end] = points
    if (points.length === 2 && first === end) this.instruction(regexOperations.point, first)
    else this.instruction(regexOperations.set, this.sets.push(points) - 1)
  }

  private addChoice(items: readonly RegexNode[]): void {
    const ends: number[] = []
    for (const [index, item] of items.entries()) {
      if (index === items.length - 1) {
        this.add(item)
        continue
      }
      const split = this.instruction(regexOperations.split)
      this.point(split, split + 1)
      this.add(item)
      ends.push(this.instruction(regexOperations.jump))
      this.code[3 * split + 2] = this.here
    }
    for (const end of ends) this.code[3 * end + 1] = this.here
  }

  private addRepeat({ item, least, most, greedy }: Extract<RegexNode, { kind: "repeat" }>): void {
    for (let count = 0; count < least; count++) this.add(item)
    if (most === Number.POSITIVE_INFINITY) {
      const split = this.instruction(regexOperations.split)
      this.add(item)
      this.instruction(regexOperations.jump, split)
      return this.branch(split, greedy)
    }
    const splits: number[] = []
    for (let count = least; count < most; count++) {
      splits.push(this.instruction(regexOperations.split))
      this.add(item)
    }
    for (const split of splits) this.branch(split, greedy)
  }

  /** Into the body or past it, the one first that is preferred. */
  private branch(split: number, greedy: boolean): void {
    this.code[3 * split + 1] = greedy ? split + 1 : this.here
    this.code[3 * split + 2] = greedy ? this.here : split + 1
  }
  private point(split: number, first: number): void {
    this.code[3 * split + 1] = first
  }
  private get here(): number {
    return this.code.length / 3
  }
}

function prefixOf(node: RegexNode): string {
  if (node.kind === "set") {
    const [first = 0, end] = node.points
    return node.points.length === 2 && first === end && !isSurrogate(first) ? String.fromCodePoint(first) : ""
  }
  if (node.kind === "group") return prefixOf(node.item)
  if (node.kind !== "sequence") return ""
  let prefix = ""
  for (const item of node.items) {
    if (item.kind !== "set") return prefix + prefixOf(item)
    const next = prefixOf(item)
    if (next === "") return prefix
    prefix += next
  }
  return prefix
}

function isSurrogate(point: number): boolean {
  return point >= 0xd800 && point <= 0xdfff
}

function isAnchored(node: RegexNode): boolean {
  if (node.kind === "assert") return node.test === "start"
  if (node.kind === "group") return isAnchored(node.item)
  if (node.kind === "choice") return node.items.every(isAnchored)
  return node.kind === "sequence" && node.items[0] !== undefined && isAnchored(node.items[0])
}
