import { libraryFunction, type Library } from "./library-function.ts"

/** Dates as text by a pattern: pieces of pattern/date-format.ts, each a literal text or [letter, length]. English names, UTC. */
export const formatFunctions: Library = {
  datePieces: libraryFunction(`const datePieces = (json) => JSON.parse(json)`),
  monthNames: libraryFunction(
    `const monthNames = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]`
  ),
  dayNames: libraryFunction(
    `const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]`
  ),
  formatMoment: libraryFunction(
    `
function formatMoment(pieces, value, precision) {
  const days = dayOf(value, precision)
  const [year, month, date] = civil(days)
  const inDay = value - days * perDay(precision)
  const micros = precision === 0 ? 0 : precision === 3 ? inDay * 1000 : inDay
  const seconds = Math.floor(micros / 1000000)
  const hour = Math.floor(seconds / 3600)
  const weekday = (((days + 4) % 7) + 7) % 7
  const write = ([letter, length]) => {
    switch (letter) {
      case "y": return length === 2 ? pad(year % 100, 2) : pad(year, length)
      case "M": return length > 3 ? monthNames[month - 1] : length === 3 ? monthNames[month - 1].slice(0, 3) : pad(month, length)
      case "d": return pad(date, length)
      case "D": return pad(days - daysFrom(year, 1, 1) + 1, length)
      case "E": return length > 3 ? dayNames[weekday] : dayNames[weekday].slice(0, 3)
      case "u": return pad(weekday === 0 ? 7 : weekday, length)
      case "H": return pad(hour, length)
      case "k": return pad(hour === 0 ? 24 : hour, length)
      case "K": return pad(hour % 12, length)
      case "h": return pad(hour % 12 === 0 ? 12 : hour % 12, length)
      case "m": return pad(Math.floor(seconds / 60) % 60, length)
      case "s": return pad(seconds % 60, length)
      case "S": return pad(micros % 1000000, 6).padEnd(length, "0").slice(0, length)
      case "a": return hour < 12 ? "AM" : "PM"
      case "X": return "Z"
      default: return "+0000"
    }
  }
  return pieces.map((piece) => typeof piece === "string" ? piece : write(piece)).join("")
}`,
    "dayOf",
    "civil",
    "daysFrom",
    "perDay",
    "pad",
    "monthNames",
    "dayNames"
  ),
  // Reads a text by a pattern: microseconds, or null where it does not fit or names no day.
  readMoment: libraryFunction(
    `
function readMoment(pieces, text) {
  const found = { y: 1970, M: 1, d: 1, H: 0, m: 0, s: 0, micros: 0, offset: 0, half: -1, D: 0 }
  let at = 0
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index]
    if (typeof piece === "string") {
      if (!text.startsWith(piece, at)) return null
      at += piece.length
    } else {
      const next = pieces[index + 1]
      at = readPiece(found, piece, text, at, next !== undefined && typeof next !== "string" && next[0] !== "a")
      if (at < 0) return null
    }
  }
  return at === text.length ? momentOf(found) : null
}
function readPiece(found, [letter, length], text, at, followed) {
  const rest = text.slice(at, at + 24)
  if (letter === "M" && length > 2) {
    const index = monthNames.findIndex((name) => rest.toLowerCase().startsWith((length > 3 ? name : name.slice(0, 3)).toLowerCase()))
    if (index < 0) return -1
    found.M = index + 1
    return at + (length > 3 ? monthNames[index].length : 3)
  }
  if (letter === "a") {
    const half = /^[ap]m/i.exec(rest)
    if (half === null) return -1
    found.half = half[0][0].toLowerCase() === "p" ? 12 : 0
    return at + 2
  }
  if (letter === "E") {
    const name = dayNames.find((day) => rest.toLowerCase().startsWith((length > 3 ? day : day.slice(0, 3)).toLowerCase()))
    return name === undefined ? -1 : at + (length > 3 ? name.length : 3)
  }
  if (letter === "X" || letter === "Z") {
    const zone = /^(?:Z|([+-])([0-9]{2}):?([0-9]{2})?)/.exec(rest)
    if (zone === null) return -1
    const minutes = zone[1] === undefined ? 0 : Number(zone[2]) * 60 + Number(zone[3] ?? 0)
    found.offset = zone[1] === "-" ? -minutes : minutes
    return at + zone[0].length
  }
  const most = letter === "S" || followed ? Math.max(length, letter === "y" && length < 4 ? length : 1) : letter === "y" ? (length === 2 ? 2 : 4) : Math.max(2, length)
  let end = at
  while (end < at + most && text[end] >= "0" && text[end] <= "9") end++
  if (end - at < (letter === "S" ? 1 : followed ? length : Math.min(length, most))) return -1
  const digits = text.slice(at, end)
  const number = Number(digits)
  if (letter === "S") found.micros = Number(digits.padEnd(6, "0").slice(0, 6))
  else if (letter === "y") found.y = length === 2 ? 2000 + number : number
  else if (letter === "h" || letter === "K") {
    if (number > 12) return -1
    found.H = number % 12
  }
  else if (letter === "k") found.H = number % 24
  else if (letter !== "u") found[letter] = number
  return end
}
function momentOf({ y, M, d, H, m, s, micros, offset, half, D }) {
  if (y < 1 || M < 1 || M > 12 || d < 1 || H > 23 || m > 59 || s > 59) return null
  const days = D > 0 ? daysFrom(y, 1, 1) + D - 1 : daysFrom(y, M, d)
  const [year, month] = civil(days)
  if (year !== y || (D === 0 && month !== M)) return null
  const hour = half < 0 ? H : (H % 12) + half
  return ((days * 24 + hour) * 60 + m - offset) * 60000000 + s * 1000000 + micros
}`,
    "monthNames",
    "dayNames",
    "civil",
    "daysFrom"
  ),
  readDate: libraryFunction(
    `
function readDate(pieces, text) {
  const micros = readMoment(pieces, text)
  return micros === null ? null : Math.floor(micros / 86400000000)
}`,
    "readMoment"
  ),
  readTimestamp: libraryFunction(
    `
function readTimestamp(pieces, text) {
  const micros = readMoment(pieces, text)
  return micros === null ? null : Math.floor(micros / 1000)
}`,
    "readMoment"
  ),
  readSeconds: libraryFunction(
    `
function readSeconds(pieces, text) {
  const micros = readMoment(pieces, text)
  return micros === null ? null : Math.floor(micros / 1000000)
}`,
    "readMoment"
  ),
  formatSeconds: libraryFunction(
    `const formatSeconds = (pieces, seconds, at) => formatMoment(pieces, checkMoment(seconds * 1000, 3, at), 3)`,
    "formatMoment",
    "checkMoment"
  ),
  // Tables of pattern/time-zone.ts: [minute of the change, offset in seconds after it], the first offset before all.
  zoneTable: libraryFunction(`const zoneTable = (json) => JSON.parse(json)`),
  offsetAt: libraryFunction(`
function offsetAt(table, seconds) {
  let low = 0
  let high = table.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (table[middle][0] <= seconds) low = middle
    else high = middle - 1
  }
  return table[low][1]
}`),
  // A wall clock that a change left out is moved on; one that it gave twice is the earlier.
  convertZone: libraryFunction(
    `
function convertZone([from, to, pieces], text) {
  const local = readSeconds(pieces, text)
  if (local === null) return null
  const before = offsetAt(from, local - 86400)
  const after = offsetAt(from, local + 86400)
  const first = local - before
  const utc = offsetAt(from, first) === before ? first : offsetAt(from, local - after) === after ? local - after : first
  const moment = (utc + offsetAt(to, utc)) * 1000
  const days = Math.floor(moment / 86400000)
  return days < -719162 || days > 2932896 ? null : formatMoment(pieces, moment, 3)
}`,
    "readSeconds",
    "offsetAt",
    "formatMoment"
  )
}
