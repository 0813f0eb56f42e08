import type { SampleRandom } from "./sample-random.ts"
import { isOwnId, nameParts, type SamplePlace } from "./sample-words.ts"

interface Range {
  readonly names: readonly string[]
  readonly min: number
  readonly max: number
  /** Digits after the point, where the type has any. */
  readonly digits: number
}

const ranges: readonly Range[] = [
  { names: ["rating", "score", "stars"], min: 0, max: 10, digits: 1 },
  { names: ["latitude", "lat"], min: -90, max: 90, digits: 5 },
  { names: ["longitude", "lon", "lng"], min: -180, max: 180, digits: 5 },
  { names: ["percent", "percentage"], min: 0, max: 100, digits: 1 },
  { names: ["rate", "ratio", "probability", "share", "discount"], min: 0, max: 1, digits: 3 },
  { names: ["temperature", "temp", "celsius"], min: -20, max: 40, digits: 1 },
  { names: ["year"], min: 1950, max: 2026, digits: 0 },
  { names: ["month"], min: 1, max: 12, digits: 0 },
  { names: ["age"], min: 18, max: 90, digits: 0 },
  { names: ["minutes", "duration", "runtime", "length"], min: 1, max: 180, digits: 0 },
  { names: ["port"], min: 1_024, max: 65_535, digits: 0 },
  { names: ["quantity", "count", "units", "items", "copies"], min: 1, max: 20, digits: 0 },
  { names: ["gross", "budget", "revenue", "sales"], min: 10_000, max: 5_000_000, digits: 2 },
  {
    names: ["price", "amount", "total", "cost", "fee", "value", "sum", "tax", "balance", "salary"],
    min: 1,
    max: 500,
    digits: 2
  }
]
const other: Omit<Range, "names"> = { min: 0, max: 1_000, digits: 2 }

/** A number that a field of this name could hold; `whole` for integer types. Ids go up with the record's index. */
export const sampleNumber = (
  field: string,
  place: SamplePlace,
  whole: boolean,
  random: SampleRandom
): number => {
  const parts = nameParts(field)
  if (parts.at(-1) === "id") return isOwnId(parts, place.record) ? place.index + 1 : random.between(1, 20)
  if (["sequence", "index", "number", "n"].some((name) => parts.includes(name))) return place.index + 1
  const { min, max, digits } = ranges.find(({ names }) => names.some((name) => parts.includes(name))) ?? other
  const scale = whole ? 1 : 10 ** digits
  return random.between(Math.ceil(min * scale), Math.floor(max * scale)) / scale
}
