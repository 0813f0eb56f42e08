import type { Json } from "../../avro/type.ts"
import type { FixtureCase } from "../fixture/fixture-file.ts"
import type { ReadyCase } from "../fixture/run-case.ts"

/** Rows of a case with each input's changed. `rows` are a fixture's: records, and what it says of time between them. */
export const editRows = (
  given: FixtureCase,
  edit: (rows: readonly Json[], input: string | undefined) => readonly Json[]
): FixtureCase => {
  if (given.inputs === undefined) return { ...given, input: edit(given.input ?? [], undefined) }
  const inputs = Object.entries(given.inputs).map(([name, stream]) => [
    name,
    "records" in stream ? { ...stream, records: edit(stream.records, name) } : edit(stream, name)
  ])
  return { ...given, inputs: Object.fromEntries(inputs) }
}

/** True for what a fixture says of time between its records. */
export const isTime = (row: Json): boolean =>
  typeof row === "object" && row !== null && ("$watermark" in row || "$now" in row)

/** Of a ready case another one, with other rows. */
export const withCase = (ready: ReadyCase, given: FixtureCase): ReadyCase => ({ ...ready, case: given })

/** A row with its place among the records of its input. */
interface PlacedRow {
  readonly row: Json
  readonly input: string
  readonly place: number
}

/** The case with those of its records alone that are wanted; what it says of time stays. */
export const keepRows = (
  { case: given, manifest }: ReadyCase,
  isWanted: (row: PlacedRow) => boolean
): FixtureCase => {
  const first = manifest.inputs[0]?.name ?? "input"
  const places = new Map<string, number>()
  return editRows(given, (rows, name) =>
    rows.filter((row) => {
      if (isTime(row)) return true
      const input = inputOf(row) ?? name ?? first
      const place = places.get(input) ?? 0
      places.set(input, place + 1)
      return isWanted({ row, input, place })
    })
  )
}

const inputOf = (row: Json): string | undefined => {
  const named: unknown = typeof row === "object" && row !== null ? Reflect.get(row, "$input") : undefined
  return typeof named === "string" ? named : undefined
}

/** Records of a case, over all inputs. */
export const countRows = (ready: ReadyCase): number => {
  let count = 0
  keepRows(ready, () => {
    count += 1
    return true
  })
  return count
}
