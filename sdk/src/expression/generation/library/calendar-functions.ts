import { libraryFunction, type Library } from "./library-function.ts"

/** Arithmetic of dates and times. `precision` is 0 for days, 3 and 6 for milliseconds and microseconds. */
export const calendarFunctions: Library = {
  unitSize: libraryFunction(
    `
function unitSize(unit, precision) {
  const seconds = unit === "DAY" ? 86400 : unit === "HOUR" ? 3600 : unit === "MINUTE" ? 60 : 1
  return precision === 0 ? 1 : seconds * (precision === 3 ? 1000 : 1000000)
}`
  ),
  // A month later is the same day of the month, or its last.
  addMonths: libraryFunction(
    `
function addMonths(value, months, precision, at) {
  const days = dayOf(value, precision)
  const [year, month, date] = civil(days)
  const count = year * 12 + month - 1 + months
  const [toYear, toMonth] = [Math.floor(count / 12), (((count % 12) + 12) % 12) + 1]
  const first = daysFrom(toYear, toMonth, 1)
  const length = daysFrom(toMonth === 12 ? toYear + 1 : toYear, toMonth === 12 ? 1 : toMonth + 1, 1) - first
  return checkMoment((first + Math.min(date, length) - 1 - days) * perDay(precision) + value, precision, at)
}`,
    "civil",
    "dayOf",
    "daysFrom",
    "perDay",
    "checkMoment"
  ),
  // Years 0001 to 9999, as the literals.
  checkMoment: libraryFunction(
    `
function checkMoment(value, precision, at) {
  const days = dayOf(value, precision)
  if (!(days >= -719162 && days <= 2932896)) fail("EXPRESSION_OVERFLOW", at, "the result is beyond the years 0001 to 9999")
  return value + 0
}`,
    "dayOf",
    "fail"
  ),
  addMillis: libraryFunction(
    `
function addMillis(value, millis, precision, at) {
  const added = precision === 0 ? Math.trunc(millis / 86400000) : precision === 3 ? millis : millis * 1000
  return checkMoment(value + added, precision, at)
}`,
    "checkMoment"
  ),
  // A time of day goes on after midnight.
  addToTime: libraryFunction(
    `
function addToTime(value, millis, precision) {
  const day = perDay(precision)
  const moved = (value + (precision === 3 ? millis : (millis % 86400000) * 1000)) % day
  return moved < 0 ? moved + day : moved
}`,
    "perDay"
  ),
  // The most months that can be added to the earlier without passing the later; a month's last day stands for the days it has not.
  monthsBetween: libraryFunction(
    `
function monthsBetween(from, to, precision) {
  if (to < from) return -monthsBetween(to, from, precision)
  const [fromDays, toDays] = [dayOf(from, precision), dayOf(to, precision)]
  const [fromYear, fromMonth, fromDate] = civil(fromDays)
  const [toYear, toMonth, toDate] = civil(toDays)
  const months = (toYear - fromYear) * 12 + toMonth - fromMonth
  const length = daysFrom(toMonth === 12 ? toYear + 1 : toYear, toMonth === 12 ? 1 : toMonth + 1, 1) - daysFrom(toYear, toMonth, 1)
  const rest = toDate - Math.min(fromDate, length) || to - toDays * perDay(precision) - (from - fromDays * perDay(precision))
  return rest < 0 ? months - 1 : months
}`,
    "civil",
    "dayOf",
    "daysFrom",
    "perDay"
  ),
  // Whole units, toward zero.
  unitsBetween: libraryFunction(
    `
function unitsBetween(from, to, unit, precision, at) {
  const months = unit === "YEAR" ? 12 : unit === "QUARTER" ? 3 : unit === "MONTH" ? 1 : 0
  if (months > 0) return checkInt(Math.trunc(monthsBetween(from, to, precision) / months), at)
  const size = unit === "WEEK" ? 7 * unitSize("DAY", precision) : unitSize(unit, precision)
  const count = precision === 0 && unit !== "WEEK" && unit !== "DAY" ? (to - from) * (86400000 / unitSize(unit, 3)) : (to - from) / size
  return checkInt(Math.trunc(count), at)
}`,
    "monthsBetween",
    "unitSize",
    "checkInt"
  ),
  // The start of the day's year, quarter, month or week (from Sunday), or of the next.
  calendarStart: libraryFunction(
    `
function calendarStart(days, unit, next) {
  if (unit === "WEEK") return days - ((((days + 4) % 7) + 7) % 7) + (next ? 7 : 0)
  const [year, month] = civil(days)
  const length = unit === "YEAR" ? 12 : unit === "QUARTER" ? 3 : 1
  const count = year * 12 + Math.floor((month - 1) / length) * length + (next ? length : 0)
  return daysFrom(Math.floor(count / 12), (count % 12) + 1, 1)
}`,
    "civil",
    "daysFrom"
  ),
  floorTo: libraryFunction(
    `
function floorTo(value, unit, precision) {
  if (unit === "YEAR" || unit === "QUARTER" || unit === "MONTH" || unit === "WEEK") {
    return calendarStart(dayOf(value, precision), unit, false) * perDay(precision)
  }
  const size = unitSize(unit, precision)
  return Math.floor(value / size) * size
}`,
    "calendarStart",
    "dayOf",
    "perDay",
    "unitSize"
  ),
  ceilTo: libraryFunction(
    `
function ceilTo(value, unit, precision) {
  const floor = floorTo(value, unit, precision)
  if (floor === value) return value
  if (unit === "YEAR" || unit === "QUARTER" || unit === "MONTH" || unit === "WEEK") {
    return calendarStart(dayOf(value, precision), unit, true) * perDay(precision)
  }
  return floor + unitSize(unit, precision)
}`,
    "floorTo",
    "calendarStart",
    "dayOf",
    "perDay",
    "unitSize"
  ),
  overlaps: libraryFunction(`
function overlaps(start, end, otherStart, otherEnd) {
  const [low, high] = start <= end ? [start, end] : [end, start]
  const [otherLow, otherHigh] = otherStart <= otherEnd ? [otherStart, otherEnd] : [otherEnd, otherStart]
  return low <= otherHigh && otherLow <= high
}`),
  secondsToInstant: libraryFunction(
    `
function secondsToInstant(value, scale, at) {
  return checkMoment(Math.floor(value * scale), 3, at)
}`,
    "checkMoment"
  )
}
