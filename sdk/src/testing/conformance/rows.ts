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

/** Of places, as a run leaves records out. */
export const isOneOf =
  (places: readonly { readonly input: string; readonly place: number }[]) =>
  (input: string, place: number): boolean =>
    places.some((one) => one.input === input && one.place === place)

/** Records of a case, over all inputs. */
export const countRows = ({ case: given }: ReadyCase): number => {
  let count = 0
  editRows(given, (rows) => {
    count += rows.filter((row) => !isTime(row)).length
    return rows
  })
  return count
}
