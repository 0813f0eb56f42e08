/** Seconds since 1970 UTC from which an offset to UTC, in seconds, holds; the first entry holds before all. */
export type ZoneTable = readonly (readonly [from: number, offset: number])[]

const first = Date.UTC(1900, 0, 1) / 1000
const last = Date.UTC(2100, 0, 1) / 1000
const step = 14 * 86_400
const tables = new Map<string, ZoneTable>()
/** Zones kept at most: names come from pipelines, but there are only some hundred. */
const maxTables = 600

/**
 * The offsets of a zone from 1900 to 2100, after which the last one stays; undefined when there is none of that name. Names of
 * the IANA database, `UTC`, and `GMT-08:00` or `+02:00`. Found where the pipeline is planned, so that what runs needs no zones.
 */
export function zoneTable(name: string): ZoneTable | undefined {
  const fixed = /^(?:GMT|UTC)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?$/i.exec(name)
  if (fixed !== null) return fixedZone(fixed)
  const known = tables.get(name)
  if (known !== undefined) return known
  const offsetOf = offsetsOf(name)
  if (offsetOf === undefined) return undefined
  const table = changes(offsetOf)
  if (tables.size < maxTables) tables.set(name, table)
  return table
}

function fixedZone([, sign, hours, minutes = "0"]: RegExpExecArray): ZoneTable | undefined {
  if (Number(hours) > 18 || Number(minutes) > 59) return undefined
  const offset = Number(hours) * 3_600 + Number(minutes) * 60
  return [[first, sign === "-" ? 0 - offset : offset]]
}

function changes(offsetOf: (seconds: number) => number): ZoneTable {
  const table: [number, number][] = [[first, offsetOf(first)]]
  let before = offsetOf(first)
  for (let at = first; at < last; at += step) {
    const after = offsetOf(at + step)
    let from = at
    while (before !== after) {
      from = firstChange(offsetOf, from, at + step)
      before = offsetOf(from)
      table.push([from, before])
    }
  }
  return table
}

/** The first second after `from`, where the offset is another, that has not the offset of `from`. */
function firstChange(offsetOf: (seconds: number) => number, from: number, to: number): number {
  const before = offsetOf(from)
  let low = from
  let high = to
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetOf(middle) === before) low = middle
    else high = middle
  }
  return high
}

function offsetsOf(name: string): ((seconds: number) => number) | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return undefined
  const format = formatter(name)
  if (format === undefined) return undefined
  return (seconds) => {
    // "1/31/2020, 14:05:06": a fifth of the time that formatToParts takes, and a table asks some thousand times.
    const [month = 1, day = 1, year = 0, hour = 0, minute = 0, second = 0] = format
      .format(seconds * 1000)
      .split(/\D+/)
      .map(Number)
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - seconds
  }
}

function formatter(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric"
    })
  } catch {
    return undefined
  }
}
