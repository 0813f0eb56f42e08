/** A text's date and time of day, as milliseconds since 1970 in UTC; undefined when the text is not of the pattern. */
export type ParseTime = (text: string) => number | undefined

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const longMonths = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december"
]

type Part = "year" | "month" | "shortMonth" | "longMonth" | "day" | "hour" | "minute" | "second" | "milli"
const parts: { readonly [letters: string]: readonly [part: Part, expression: string] } = {
  yyyy: ["year", "([0-9]{4})"],
  MMMM: ["longMonth", "([A-Za-z]{3,9})"],
  MMM: ["shortMonth", "([A-Za-z]{3})"],
  MM: ["month", "([0-9]{2})"],
  M: ["month", "([0-9]{1,2})"],
  dd: ["day", "([0-9]{2})"],
  d: ["day", "([0-9]{1,2})"],
  HH: ["hour", "([0-9]{2})"],
  H: ["hour", "([0-9]{1,2})"],
  mm: ["minute", "([0-9]{2})"],
  ss: ["second", "([0-9]{2})"],
  SSS: ["milli", "([0-9]{3})"]
}

/**
 * A parser of dates written like `MMM dd yyyy` (the letters of Unicode TR 35; English months; text between quotes stands
 * for itself), in UTC. Answers what is wrong with the pattern otherwise.
 */
export const parseDatePattern = (
  pattern: string
): { readonly ok: ParseTime } | { readonly error: string } => {
  const order: Part[] = []
  let expression = ""
  for (const [piece] of pattern.matchAll(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']|'/g)) {
    if (piece === "'") return { error: "a quote is not closed" }
    const known = /^[A-Za-z]/.test(piece) ? (Object.hasOwn(parts, piece) ? parts[piece] : undefined) : null
    if (known === undefined) {
      return { error: `${piece} is not known: use ${Object.keys(parts).join(", ")}, and 'text'` }
    }
    if (known === null) {
      expression += literal(piece.startsWith("'") ? piece.slice(1, -1) || "'" : piece)
      continue
    }
    order.push(known[0])
    expression += known[1]
  }
  if (!order.includes("year")) return { error: "it has no year: yyyy" }
  const whole = new RegExp(`^${expression}$`)
  return { ok: (text) => timeOf(whole.exec(text), order) }
}

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")

const timeOf = (found: RegExpExecArray | null, order: readonly Part[]): number | undefined => {
  if (found === null) return undefined
  const value = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, milli: 0 }
  for (const [index, part] of order.entries()) {
    const text = found[index + 1] ?? ""
    if (part === "shortMonth") value.month = months.indexOf(text.toLowerCase()) + 1
    else if (part === "longMonth") value.month = longMonths.indexOf(text.toLowerCase()) + 1
    else value[part] = Number(text)
  }
  return utcTime(value)
}

/** Parts of a time in UTC; undefined when there is no such day or hour. */
const utcTime = (given: {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly milli: number
}): number | undefined => {
  const { year, month, day, hour, minute, second, milli } = given
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  // Not Date.UTC, for which the year 98 is 1998.
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return date.setUTCHours(hour, minute, second, milli)
}

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/

/** ISO 8601, date alone or with a time; without a zone it is UTC. Milliseconds may have a fraction (to the microsecond). */
export const parseIso: ParseTime = (text) => {
  const found = iso.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = found
  const time = utcTime({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    milli: 0
  })
  return time === undefined
    ? undefined
    : time + Number(fraction.padEnd(6, "0").slice(0, 6)) / 1_000 - zoneOffset(zone)
}

const zoneOffset = (zone: string): number => {
  if (zone === "Z") return 0
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0")
  const size = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000
  return zone.startsWith("-") ? -size : size
}
