import { PatternStop } from "./regex-node.ts"

/** Groups deeper than this are refused, so that the parser's stack is bounded. */
const maxNesting = 50

/** The characters of a pattern with a place in them, counted by code point. */
export class PatternReader {
  readonly points: readonly string[]
  at = 0
  private nesting = 0

  constructor(text: string) {
    this.points = Array.from(text)
  }

  get done(): boolean {
    return this.at >= this.points.length
  }
  get point(): string {
    return this.points[this.at] ?? ""
  }
  next(): string {
    const { point } = this
    this.at++
    return point
  }
  take(text: string): boolean {
    const length = text.length
    if (this.points.slice(this.at, this.at + length).join("") !== text) return false
    this.at += length
    return true
  }
  /** Digits, at most four. */
  number(): number | undefined {
    let text = ""
    while (/^[0-9]$/.test(this.point) && text.length < 5) text += this.next()
    return text === "" ? undefined : Number(text)
  }
  nested<A>(parse: () => A): A {
    if (++this.nesting > maxNesting) this.stop(`groups nest at most ${maxNesting} deep`)
    const result = parse()
    this.nesting--
    return result
  }
  stop(message: string, at = this.at): never {
    throw new PatternStop(message, at)
  }
}
