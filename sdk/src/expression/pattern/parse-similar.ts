import {
  anything,
  complement,
  digits,
  letters,
  ranges,
  spaces,
  union,
  type CodePoints
} from "./code-points.ts"
import { readQuantifier, single } from "./parse-regex.ts"
import { PatternReader } from "./pattern-reader.ts"
import type { RegexNode } from "./regex-node.ts"

const upper = ranges([65, 90])
const lower = ranges([97, 122])
const named: { readonly [name: string]: CodePoints } = {
  ALPHA: letters,
  UPPER: upper,
  LOWER: lower,
  DIGIT: digits,
  ALNUM: union(letters, digits),
  SPACE: [32, 32],
  WHITESPACE: spaces
}

/** The pattern of SIMILAR TO (ISO 9075-2, regular expression predicate): it is held against the whole string. Throws PatternStop. */
export function parseSimilar(text: string, escape: string | null): RegexNode {
  const parser = new SimilarParser(new PatternReader(text), escape)
  const node = parser.choice()
  parser.finish()
  return {
    kind: "sequence",
    items: [{ kind: "assert", test: "start" }, node, { kind: "assert", test: "end" }]
  }
}

class SimilarParser {
  private readonly reader: PatternReader
  private readonly escape: string | null

  constructor(reader: PatternReader, escape: string | null) {
    this.reader = reader
    this.escape = escape
  }

  finish(): void {
    if (!this.reader.done) this.reader.stop("this ) closes nothing")
  }

  choice(): RegexNode {
    const items = [this.sequence()]
    while (this.reader.take("|")) items.push(this.sequence())
    return items.length === 1 ? items[0]! : { kind: "choice", items }
  }

  private sequence(): RegexNode {
    const items: RegexNode[] = []
    while (!this.reader.done && this.reader.point !== "|" && this.reader.point !== ")") {
      const item = this.atom()
      const bounds = readQuantifier(this.reader)
      items.push(bounds === undefined ? item : { kind: "repeat", item, ...bounds, greedy: true })
    }
    return { kind: "sequence", items }
  }

  private atom(): RegexNode {
    const { reader } = this
    if (reader.point === this.escape) return { kind: "set", points: this.escaped() }
    const at = reader.at
    const point = reader.next()
    if (point === "%") {
      const most = Number.POSITIVE_INFINITY
      return { kind: "repeat", item: { kind: "set", points: anything }, least: 0, most, greedy: true }
    }
    if (point === "_") return { kind: "set", points: anything }
    if (point === "[") return { kind: "set", points: this.list() }
    if (point === "(") {
      const item = reader.nested(() => this.choice())
      if (!reader.take(")")) reader.stop("this group has no )")
      return item
    }
    if (["*", "+", "?", "{", "]", "}"].includes(point))
      reader.stop(`${point} stands alone: ESCAPE makes it a character`, at)
    return { kind: "set", points: single(point) }
  }

  private escaped(): CodePoints {
    this.reader.next()
    if (this.reader.done) this.reader.stop("the escape character escapes nothing")
    return single(this.reader.next())
  }

  /** `[a-z0-9]`, `[^…]`, `[[:DIGIT:]_]`, its first bracket read. */
  private list(): CodePoints {
    const { reader } = this
    const negated = reader.take("^")
    const sets: CodePoints[] = []
    while (reader.point !== "]") {
      if (reader.done) reader.stop("this list has no ]")
      sets.push(reader.take("[:") ? this.name() : this.range())
    }
    reader.next()
    const set = union(...sets)
    if (set.length === 0) reader.stop("this list is empty")
    return negated ? complement(set) : set
  }

  private name(): CodePoints {
    const { reader } = this
    let name = ""
    while (/^[A-Za-z]$/.test(reader.point)) name += reader.next().toUpperCase()
    const found = named[name]
    if (found === undefined || !reader.take(":]")) {
      return reader.stop(`the classes are ${Object.keys(named).join(", ")}: [:DIGIT:]`)
    }
    return found
  }

  private range(): CodePoints {
    const { reader } = this
    const point = () => (reader.point === this.escape ? this.escaped() : single(reader.next()))
    const first = point()
    if (reader.point !== "-" || reader.points[reader.at + 1] === "]") return first
    reader.next()
    if (reader.done) reader.stop("this list has no ]")
    const low = first[0] ?? 0
    const high = point()[0] ?? 0
    if (low > high) reader.stop("a range goes from a lower to a higher character")
    return ranges([low, high])
  }
}
