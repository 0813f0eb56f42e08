import type { BatchCursor } from "@millrace/sdk/record"
import type { JsonWriter } from "../realm/plain-text.ts"
import { charCodeAt, makeList, StringFromCharCode, Uint8ArrayOf } from "../realm/primordials.ts"
import type { Tally } from "./tally.ts"

/** The header that says of which trace a record is (https://www.w3.org/TR/trace-context/#traceparent-header). */
export const traceHeader = "traceparent"
const traceparentBytes = 55
/** Records with headers of a call that are looked at: most have none, and those of a sampled trace are few. */
const mostLooks = 64

interface Traced {
  readonly feed: number
  readonly index: number
  readonly traceparent: string
  outcome: "handled" | "filtered" | "failed"
  out: number
}

/** Records of a call that are of a trace, and what became of them. */
export class Traces {
  private readonly found: Traced[] = makeList()
  private looks = 0
  /** Of the last one found, when it came in: what a record in hand by itself has done shows in the tally. */
  private recordsOut = 0
  private filtered = 0
  private failed = 0

  /** A record comes in. */
  look(feed: number, cursor: Pick<BatchCursor, "headers" | "index">, tally: Tally): void {
    if (this.looks >= mostLooks) return
    this.looks += 1
    const headers = cursor.headers()
    for (let i = 0; i < headers.length; i++) {
      if (headers[i][0] !== traceHeader || headers[i][1].length !== traceparentBytes) continue
      const traceparent = asciiOf(headers[i][1])
      this.found[this.found.length] = { feed, index: cursor.index, traceparent, outcome: "handled", out: 0 }
      this.recordsOut = tally.recordsOut
      this.filtered = tally.filtered
      this.failed = tally.failed
      return
    }
  }

  /** Of a record that is handled before the next comes in. */
  settleBy(feed: number, index: number, tally: Tally): void {
    const last = this.found.length === 0 ? undefined : this.found[this.found.length - 1]
    if (last === undefined || last.feed !== feed || last.index !== index) return
    last.out = tally.recordsOut - this.recordsOut
    if (tally.failed > this.failed) last.outcome = "failed"
    else if (tally.filtered > this.filtered) last.outcome = "filtered"
  }

  settle(feed: number, index: number, outcome: Traced["outcome"], out: number): void {
    for (let i = 0; i < this.found.length; i++) {
      const one = this.found[i]
      if (one.feed !== feed || one.index !== index) continue
      one.outcome = outcome
      one.out = out
    }
  }

  /** A source gave a record of a trace. */
  begun(traceparent: string): void {
    this.found[this.found.length] = { feed: -1, index: 0, traceparent, outcome: "handled", out: 1 }
  }

  write(report: JsonWriter): void {
    report.name("traces").open("[")
    for (let i = 0; i < this.found.length; i++) {
      const { out, outcome, traceparent } = this.found[i]
      report.open("{").name("traceparent").string(traceparent)
      report.name("outcome").string(outcome).name("out").number(out).close("}")
    }
    report.close("]")
  }
}

function asciiOf(bytes: Uint8Array): string {
  let text = ""
  for (let i = 0; i < bytes.length; i++) text += StringFromCharCode(bytes[i])
  return text
}

/** The value of a header, for a traceparent, which is ASCII. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8ArrayOf(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = charCodeAt(text, i)
  return bytes
}
