import type { IntervalUnit } from "./syntax/ast.ts"

/** An interval's length: months, or milliseconds. */
export type IntervalLength = { readonly months: number } | { readonly millis: number }

const inMonths: { readonly [unit: string]: number } = { YEAR: 12, QUARTER: 3, MONTH: 1 }
const inMillis: { readonly [unit: string]: number } = {
  WEEK: 604_800_000,
  DAY: 86_400_000,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1_000
}
const clock = ["DAY", "HOUR", "MINUTE", "SECOND"]
const yearToMonth = /^([+-]?)([0-9]{1,6})-([0-9]{1,2})$/
const whole = /^([+-]?)([0-9]{1,9})(?:\.([0-9]{1,9}))?$/

/** The length of `text` in the units between `from` and `to`; undefined when it is none. Milliseconds are the finest. */
export function parseInterval(
  text: string,
  from: IntervalUnit,
  to: IntervalUnit | undefined
): IntervalLength | undefined {
  const trimmed = text.trim()
  if (to === undefined) return parseSingle(trimmed, from)
  if (from === "YEAR" && to === "MONTH") {
    const match = yearToMonth.exec(trimmed)
    if (match === null || Number(match[3]) > 11) return undefined
    return { months: signed(match[1], Number(match[2]) * 12 + Number(match[3])) }
  }
  return parseClock(trimmed, clock.indexOf(from), clock.indexOf(to))
}

/** What is wrong with an interval's text, as a hint. */
export function intervalProblem(
  text: string,
  from: IntervalUnit,
  to: IntervalUnit | undefined
): string | undefined {
  if (parseInterval(text, from, to) !== undefined) return undefined
  if (to === undefined) return `write INTERVAL '1' ${from}`
  if (from === "YEAR" && to === "MONTH") return "write INTERVAL '1-6' YEAR TO MONTH"
  return "write INTERVAL '1 02:30:00' DAY TO SECOND, '02:30' HOUR TO MINUTE, or '1-6' YEAR TO MONTH"
}

function parseSingle(text: string, unit: IntervalUnit): IntervalLength | undefined {
  const match = whole.exec(text)
  if (match === null || (match[3] !== undefined && unit !== "SECOND")) return undefined
  const months = inMonths[unit]
  if (months !== undefined) return { months: signed(match[1], Number(match[2]) * months) }
  const fraction = Number((match[3] ?? "").padEnd(3, "0").slice(0, 3))
  return { millis: signed(match[1], Number(match[2]) * inMillis[unit]! + fraction) }
}

/** `1 02:03:04.5` from DAY to SECOND, or the part of it between two units. */
function parseClock(text: string, from: number, to: number): IntervalLength | undefined {
  if (from < 0 || to <= from) return undefined
  const match = /^([+-]?)([0-9 :]+)(?:\.([0-9]{1,9}))?$/.exec(text)
  if (match === null || (match[3] !== undefined && to !== 3)) return undefined
  const body = match[2]!
  const parts =
    from === 0 ? [...body.split(" ", 1), ...body.slice(body.indexOf(" ") + 1).split(":")] : body.split(":")
  if (parts.length !== to - from + 1 || parts.some((part) => !/^[0-9]{1,9}$/.test(part))) return undefined
  let millis = Number((match[3] ?? "").padEnd(3, "0").slice(0, 3))
  for (const [index, part] of parts.entries()) {
    const limit = index === 0 ? Number.POSITIVE_INFINITY : from + index === 1 ? 23 : 59
    if (Number(part) > limit) return undefined
    millis += Number(part) * inMillis[clock[from + index]!]!
  }
  return { millis: signed(match[1], millis) }
}

function signed(sign: string | undefined, value: number): number {
  return sign === "-" && value !== 0 ? -value : value
}
