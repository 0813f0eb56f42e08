import { defineProcessor, lookupTable, Schema } from "@millrace/sdk"
import { contractOf } from "./contract.ts"
import { Config, keyFields } from "./config.ts"

/** A record whose key the table does not have, where `missing` is `fail`. */
export class RowMissingError extends Schema.TaggedError<RowMissingError>()("RowMissingError", {
  key: Schema.String,
  message: Schema.String
}) {}

/** Adds fields of a lookup table to each record, found by the table's key. */
export const lookupJoin = defineProcessor({
  name: "lookup-join",
  description: "Adds fields of a lookup table to each record.",
  config: Config,
  derive: (context) => contractOf(context),
  uses: { table: lookupTable() },
  process: (row, { config, table }) => {
    const on = keyFields(config)
    const key = on.length === 1 ? row[on[0] ?? ""] : on.map((name) => row[name])
    const found = table.get(key)
    if (found === undefined && config.missing === "drop") return []
    if (found === undefined && config.missing === "fail") throw rowMissing(key)
    const added: { [field: string]: unknown } = {}
    for (const [name, from] of Object.entries(config.fields))
      added[name] = found === undefined ? null : found[from]
    return [added]
  }
})

const rowMissing = (key: unknown) => {
  const text = JSON.stringify(key, (_name, value: unknown) =>
    typeof value === "bigint" ? String(value) : value
  )
  return new RowMissingError({ key: text, message: `the table has no row for the key ${text}` })
}
