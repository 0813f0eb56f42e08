import * as Effect from "effect/Effect"
import type { DevEvent, Show } from "./event.ts"
import { textOf } from "./text-view.ts"

/** Where events are shown, and questions asked. */
export interface Screen {
  readonly show: Show
  /** A question on a line of its own; what follows it is the answer's. */
  readonly ask: (question: string) => void
}

/**
 * Writes events to standard output: JSON, one a line; or text, whose last line is the rates and is written over on a terminal.
 * Elsewhere rates are written only when they change, at most every few seconds.
 */
export const openScreen = (json: boolean): Effect.Effect<Screen> =>
  Effect.sync(() => {
    if (json)
      return {
        show: (event: DevEvent) => void process.stdout.write(`${JSON.stringify(event)}\n`),
        ask: () => undefined
      }
    const output = process.stdout
    let status = ""
    const isTerminal = output.isTTY
    const wipe = (): string => (isTerminal && status !== "" ? "\r\u001b[2K" : "")
    const rest = (): string =>
      isTerminal && status !== "" ? status.slice(0, (output.columns || 80) - 1) : ""
    const quiet = quietRates()
    const write = (lines: readonly string[]): void => {
      output.write(`${wipe()}${lines.map((line) => `${line}\n`).join("")}${rest()}`)
    }
    return {
      show: (event: DevEvent) => {
        const { lines, status: next } = textOf(event)
        if (lines.length > 0) write(lines)
        if (next === undefined) return
        if (!isTerminal) {
          if (quiet(next)) write([next])
          return
        }
        const before = wipe()
        status = next
        output.write(`${before}${rest()}`)
      },
      ask: (question: string) => {
        output.write(`${wipe()}${question} `)
        status = ""
      }
    }
  })

const roundsBetween = 10

/** True for rates worth a line where lines stay: others than the last, and not too often. */
const quietRates = (): ((text: string) => boolean) => {
  let last = ""
  let rounds = roundsBetween
  return (text) => {
    rounds += 1
    if (text === last || rounds < roundsBetween) return false
    last = text
    rounds = 0
    return true
  }
}
