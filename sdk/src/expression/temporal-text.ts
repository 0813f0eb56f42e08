/*
 * Dates and times as text, for literals. Casts at run time read the same forms with generation/library/temporal-functions.ts, in the guest.
 * Proleptic Gregorian calendar, years 0001 to 9999, UTC.
 */
const datePattern = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/
const timePattern = /^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?$/

/** A time of day or an instant: microseconds, and how many fraction digits it was written with, rounded up to 3 or 6. */
export interface TemporalText {
  readonly micros: number
  readonly precision: 3 | 6
}

/** Days since 1970-01-01 of `2020-01-31`; undefined when it is no date. */
export function parseDate(text: string): number | undefined {
  const match = datePattern.exec(text)
  if (match === null) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < 1 || month < 1 || month > 12 || day < 1) return undefined
  const instant = new Date(0)
  instant.setUTCFullYear(year, month - 1, day)
  return instant.getUTCDate() === day ? instant.getTime() / 86_400_000 : undefined
}

/** `12:30`, `12:30:00`, `12:30:00.123456`; undefined when it is no time of day. */
export function parseTime(text: string): TemporalText | undefined {
  const match = timePattern.exec(text)
  if (match === null) return undefined
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const fraction = match[4] ?? ""
  const micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + Number(fraction.padEnd(6, "0"))
  return { micros, precision: fraction.length > 3 ? 6 : 3 }
}

/** `2020-01-31 12:30:00.5`, also with T between and without the time; undefined when it is no timestamp. */
export function parseTimestamp(text: string): TemporalText | undefined {
  const days = parseDate(text.slice(0, 10))
  if (days === undefined) return undefined
  if (text.length === 10) return { micros: days * 86_400_000_000, precision: 3 }
  const separator = text[10]
  const time = separator === " " || separator === "T" ? parseTime(text.slice(11)) : undefined
  if (time === undefined) return undefined
  return { micros: days * 86_400_000_000 + time.micros, precision: time.precision }
}
