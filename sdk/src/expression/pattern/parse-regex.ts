import {
  anything,
  complement,
  digits,
  ignoringCase,
  lineEnds,
  ranges,
  spaces,
  union,
  wordPoints,
  type CodePoints
} from "./code-points.ts"
import { PatternReader } from "./pattern-reader.ts"
import type { RegexNode } from "./regex-node.ts"

interface Flags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
  readonly multiline: boolean
}

export interface ParsedRegex {
  readonly node: RegexNode
  /** Capturing groups, from 1. */
  readonly groups: number
}

/**
 * Java's everyday regular expressions: literals, `.`, classes, `\d \w \s \b`, anchors, groups (capturing, `(?:…)`, `(?<name>…)`),
 * alternation, quantifiers greedy and lazy, and the flags i, m, s. Throws PatternStop.
 */
export function parseRegex(text: string): ParsedRegex {
  const parser = new RegexParser(new PatternReader(text))
  return parser.parse()
}

class RegexParser {
  private readonly reader: PatternReader
  private flags: Flags = { ignoreCase: false, dotAll: false, multiline: false }
  private groups = 0

  constructor(reader: PatternReader) {
    this.reader = reader
  }

  parse(): ParsedRegex {
    const node = this.choice()
    if (!this.reader.done) this.reader.stop("this ) closes nothing")
    return { node, groups: this.groups }
  }

  private choice(): RegexNode {
    const items = [this.sequence()]
    while (this.reader.take("|")) items.push(this.sequence())
    return items.length === 1 ? items[0]! : { kind: "choice", items }
  }

  private sequence(): RegexNode {
    const items: RegexNode[] = []
    while (!this.reader.done && this.reader.point !== "|" && this.reader.point !== ")") {
      const atom = this.atom()
      if (atom !== undefined) items.push(this.quantified(atom))
    }
    return items.length === 1 ? items[0]! : { kind: "sequence", items }
  }

  private quantified(item: RegexNode): RegexNode {
    const { reader } = this
    const bounds = readQuantifier(reader)
    if (bounds === undefined) return item
    if (item.kind === "assert") reader.stop("nothing to repeat before the quantifier")
    if (reader.point === "+") reader.stop("possessive quantifiers are not supported: leave the + out")
    const greedy = !reader.take("?")
    if (readsQuantifier(reader)) reader.stop("a quantifier after a quantifier: put the first in parentheses")
    return { kind: "repeat", item, ...bounds, greedy }
  }

  /** Undefined after flags, `(?i)`, which are no node. */
  private atom(): RegexNode | undefined {
    const { reader, flags } = this
    const at = reader.at
    const point = reader.next()
    switch (point) {
      case "(":
        return reader.nested(() => this.group())
      case "[":
        return this.set(parseClass(reader))
      case ".":
        return { kind: "set", points: flags.dotAll ? anything : complement(lineEnds) }
      case "^":
        return { kind: "assert", test: flags.multiline ? "lineStart" : "start" }
      case "$":
        return { kind: "assert", test: flags.multiline ? "lineEnd" : "end" }
      case "\\":
        return this.escape()
      case "*":
      case "+":
      case "?":
        return reader.stop(`nothing to repeat before ${point}`, at)
      case "{":
        return reader.stop("{ begins a repetition; the character is written \\{", at)
      default:
        return this.set(single(point))
    }
  }

  private set(points: CodePoints): RegexNode {
    return { kind: "set", points: this.flags.ignoreCase ? ignoringCase(points) : points }
  }

  private escape(): RegexNode {
    const { reader } = this
    const { point } = reader
    if (point === "b" || point === "B") {
      reader.next()
      return { kind: "assert", test: point === "b" ? "boundary" : "noBoundary" }
    }
    if (point === "A" || point === "z") {
      reader.next()
      return { kind: "assert", test: point === "A" ? "start" : "end" }
    }
    if (/^[1-9]$/.test(point)) reader.stop("back references cannot be matched in linear time")
    return this.set(readEscape(reader))
  }

  private group(): RegexNode {
    const { reader } = this
    const outer = this.flags
    const index = this.groupStart()
    if (index === "flags") return { kind: "sequence", items: [] }
    const item = this.choice()
    if (!reader.take(")")) reader.stop("this group has no )")
    this.flags = outer
    return index === undefined ? item : { kind: "group", item, index }
  }

  /** The number of a capturing group; undefined for `(?:`; "flags" when `(?i)` set some for the rest of the group around. */
  private groupStart(): number | undefined | "flags" {
    const { reader } = this
    if (!reader.take("?")) return ++this.groups
    if (reader.take(":")) return undefined
    if (["=", "!", ">"].includes(reader.point) || reader.take("<=") || reader.take("<!")) {
      reader.stop("look-around cannot be matched in linear time")
    }
    if (reader.take("<")) {
      while (/^[A-Za-z0-9]$/.test(reader.point)) reader.next()
      if (!reader.take(">")) reader.stop("a group's name is letters and digits, then >")
      return ++this.groups
    }
    this.readFlags()
    if (reader.take(")")) return "flags"
    if (!reader.take(":")) reader.stop("only (?: (?<name> (?i) (?m) (?s) may follow (?")
    return undefined
  }

  private readFlags(): void {
    const { reader } = this
    let on = true
    for (;;) {
      if (reader.take("-")) on = false
      else if (reader.take("i")) this.flags = { ...this.flags, ignoreCase: on }
      else if (reader.take("s")) this.flags = { ...this.flags, dotAll: on }
      else if (reader.take("m")) this.flags = { ...this.flags, multiline: on }
      else return
    }
  }
}

function readsQuantifier(reader: PatternReader): boolean {
  return ["*", "+", "?", "{"].includes(reader.point)
}

/** `*`, `+`, `?`, `{2}`, `{2,}`, `{2,5}`. */
export function readQuantifier(
  reader: PatternReader
): { readonly least: number; readonly most: number } | undefined {
  const endless = Number.POSITIVE_INFINITY
  if (reader.take("*")) return { least: 0, most: endless }
  if (reader.take("+")) return { least: 1, most: endless }
  if (reader.take("?")) return { least: 0, most: 1 }
  const at = reader.at
  if (!reader.take("{")) return undefined
  const least = reader.number() ?? reader.stop("a repetition is written {2}, {2,} or {2,5}", at)
  const most = reader.take(",") ? (reader.number() ?? endless) : least
  if (!reader.take("}") || most < least) reader.stop("a repetition is written {2}, {2,} or {2,5}", at)
  return { least, most }
}

export function single(point: string): CodePoints {
  const code = point.codePointAt(0) ?? 0
  return [code, code]
}

const classes: { readonly [letter: string]: CodePoints } = {
  d: digits,
  D: complement(digits),
  w: wordPoints,
  W: complement(wordPoints),
  s: spaces,
  S: complement(spaces)
}
const controls: { readonly [letter: string]: number } = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 }

/** What follows a backslash and stands for characters. */
function readEscape(reader: PatternReader): CodePoints {
  if (reader.done) reader.stop("a backslash at the end escapes nothing")
  const letter = reader.next()
  const found = classes[letter]
  if (found !== undefined) return found
  const control = controls[letter]
  if (control !== undefined) return [control, control]
  if (letter === "x") return readHex(reader, 2)
  if (letter === "u") return readHex(reader, 4)
  if (/^[A-Za-z0-9]$/.test(letter)) reader.stop(`\\${letter} is not supported`, reader.at - 2)
  return single(letter)
}

function readHex(reader: PatternReader, length: number): CodePoints {
  const text = reader.points.slice(reader.at, reader.at + length).join("")
  if (text.length !== length || !/^[0-9A-Fa-f]+$/.test(text))
    reader.stop(`${length} hexadecimal digits are needed`)
  reader.at += length
  return [Number.parseInt(text, 16), Number.parseInt(text, 16)]
}

/** The rest of `[…]`, its bracket read. */
function parseClass(reader: PatternReader): CodePoints {
  const negated = reader.take("^")
  const sets: CodePoints[] = []
  const from = reader.at
  while (reader.point !== "]" || reader.at === from) {
    if (reader.done) reader.stop("this class has no ]", from - 1)
    if (reader.point === "[") reader.stop("a [ inside a class is written \\[")
    if (reader.point === "&" && reader.points[reader.at + 1] === "&")
      reader.stop("&& in classes is not supported")
    const first = reader.take("\\") ? readEscape(reader) : single(reader.next())
    const ranged =
      reader.point === "-" && reader.points[reader.at + 1] !== "]" && reader.at + 1 < reader.points.length
    sets.push(ranged ? readRange(reader, first) : first)
  }
  reader.next()
  const set = union(...sets)
  return negated ? complement(set) : set
}

function readRange(reader: PatternReader, first: CodePoints): CodePoints {
  const at = reader.at
  reader.next()
  const second = reader.take("\\") ? readEscape(reader) : single(reader.next())
  const [low = 0, lowEnd] = first
  const [high = 0, highEnd] = second
  const simple = first.length === 2 && second.length === 2 && low === lowEnd && high === highEnd
  if (!simple || low > high) reader.stop("a range goes from a lower to a higher character", at)
  return ranges([low, high])
}
