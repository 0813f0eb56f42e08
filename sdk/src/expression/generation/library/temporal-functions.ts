import { libraryFunction, type Library } from "./library-function.ts"

/** Dates are days, times and timestamps milliseconds (precision 3) or microseconds (6); proleptic Gregorian, UTC. */
export const temporalFunctions: Library = {
  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": civil_from_days.
  civil: libraryFunction(`
function civil(days) {
  const shifted = days + 719468
  const era = Math.floor(shifted / 146097)
  const day = shifted - era * 146097
  const year = Math.floor((day - Math.floor(day / 1460) + Math.floor(day / 36524) - Math.floor(day / 146096)) / 365)
  const ordinal = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const month = Math.floor((5 * ordinal + 2) / 153)
  const date = ordinal - Math.floor((153 * month + 2) / 5) + 1
  return [year + era * 400 + (month >= 10 ? 1 : 0), month >= 10 ? month - 9 : month + 3, date]
}`),
  // days_from_civil, of the same source.
  daysFrom: libraryFunction(`
function daysFrom(year, month, date) {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const inEra = shifted - era * 400
  const ordinal = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1
  return era * 146097 + inEra * 365 + Math.floor(inEra / 4) - Math.floor(inEra / 100) + ordinal - 719468
}`),
  perDay: libraryFunction(
    `const perDay = (precision) => precision === 0 ? 1 : precision === 3 ? 86400000 : 86400000000`
  ),
  dayOf: libraryFunction(
    `const dayOf = (value, precision) => precision === 0 ? value : Math.floor(value / perDay(precision))`,
    "perDay"
  ),
  timeOf: libraryFunction(
    `
function timeOf(value, from, to) {
  const time = value - dayOf(value, from) * perDay(from)
  return from === to ? time : to === 6 ? time * 1000 : Math.floor(time / 1000)
}`,
    "dayOf",
    "perDay"
  ),
  secondOf: libraryFunction(
    `
function secondOf(value, precision) {
  const inDay = value - dayOf(value, precision) * perDay(precision)
  return Math.floor(inDay / (precision === 3 ? 1000 : 1000000))
}`,
    "dayOf",
    "perDay"
  ),
  extractPart: libraryFunction(
    `
function extractPart(unit, value, precision) {
  if (unit === "HOUR") return Math.floor(secondOf(value, precision) / 3600)
  if (unit === "MINUTE") return Math.floor(secondOf(value, precision) / 60) % 60
  if (unit === "SECOND") return secondOf(value, precision) % 60
  const days = dayOf(value, precision)
  if (unit === "DOW") return (((days + 4) % 7) + 7) % 7 + 1
  if (unit === "WEEK") return isoWeek(days)
  if (unit === "ISODOW") return (((days + 3) % 7) + 7) % 7 + 1
  if (unit === "ISOYEAR") return civil(days - ((((days + 3) % 7) + 7) % 7) + 3)[0]
  if (unit === "EPOCH") return precision === 0 ? value * 86400 : Math.floor(value / (precision === 3 ? 1000 : 1000000))
  const [year, month, date] = civil(days)
  if (unit === "YEAR") return year
  if (unit === "DECADE") return Math.floor(year / 10)
  if (unit === "CENTURY") return Math.ceil(year / 100)
  if (unit === "MILLENNIUM") return Math.ceil(year / 1000)
  if (unit === "QUARTER") return Math.floor((month + 2) / 3)
  if (unit === "MONTH") return month
  return unit === "DAY" ? date : days - daysFrom(year, 1, 1) + 1
}`,
    "civil",
    "dayOf",
    "daysFrom",
    "isoWeek",
    "secondOf"
  ),
  // ISO 8601: a week belongs to the year of its Thursday.
  isoWeek: libraryFunction(
    `
function isoWeek(days) {
  const thursday = days - ((((days + 3) % 7) + 7) % 7) + 3
  return Math.floor((thursday - daysFrom(civil(thursday)[0], 1, 1)) / 7) + 1
}`,
    "civil",
    "daysFrom"
  ),
  pad: libraryFunction(`const pad = (value, length) => String(value).padStart(length, "0")`),
  dateToText: libraryFunction(
    `
function dateToText(days) {
  const [year, month, date] = civil(days)
  return (year < 0 ? "-" : "") + pad(Math.abs(year), 4) + "-" + pad(month, 2) + "-" + pad(date, 2)
}`,
    "civil",
    "pad"
  ),
  timeToText: libraryFunction(
    `
function timeToText(value, precision) {
  const unit = precision === 3 ? 1000 : 1000000
  const seconds = Math.floor(value / unit)
  const clock = pad(Math.floor(seconds / 3600), 2) + ":" + pad(Math.floor(seconds / 60) % 60, 2) + ":" + pad(seconds % 60, 2)
  return clock + "." + pad(value - seconds * unit, precision)
}`,
    "pad"
  ),
  timestampToText: libraryFunction(
    `
function timestampToText(value, precision) {
  const days = dayOf(value, precision)
  return dateToText(days) + " " + timeToText(value - days * perDay(precision), precision)
}`,
    "dateToText",
    "timeToText",
    "dayOf",
    "perDay"
  ),
  parseDay: libraryFunction(
    `
function parseDay(text) {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text)
  if (match === null) return null
  const year = Number(match[1]), month = Number(match[2]), date = Number(match[3])
  if (year < 1 || month < 1 || month > 12 || date < 1) return null
  const days = daysFrom(year, month, date)
  return civil(days)[1] === month ? days : null
}`,
    "daysFrom",
    "civil"
  ),
  // Beyond the precision digits are cut off, as Flink does.
  parseClock: libraryFunction(`
function parseClock(text, precision) {
  const match = /^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,9}))?)?$/.exec(text)
  if (match === null || match[1] > "23" || match[2] > "59" || (match[3] ?? "00") > "59") return null
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0)
  const fraction = Number((match[4] ?? "").padEnd(9, "0").slice(0, precision))
  return seconds * (precision === 3 ? 1000 : 1000000) + fraction
}`),
  parseInstant: libraryFunction(
    `
function parseInstant(text, precision) {
  const days = parseDay(text.slice(0, 10))
  if (days === null || text.length > 40) return null
  const day = days * perDay(precision)
  if (text.length === 10) return day
  if (text[10] !== " " && text[10] !== "T") return null
  const zone = /(?:Z|([+-])([0-9]{2}):([0-9]{2}))$/.exec(text)
  const clock = parseClock(text.slice(11, zone === null ? text.length : zone.index), precision)
  if (clock === null) return null
  if (zone === null || zone[1] === undefined) return day + clock
  if (zone[2] > "18" || zone[3] > "59") return null
  const offset = (Number(zone[2]) * 60 + Number(zone[3])) * (perDay(precision) / 1440)
  return day + clock + (zone[1] === "+" ? -offset : offset)
}`,
    "parseDay",
    "parseClock",
    "perDay"
  )
}
