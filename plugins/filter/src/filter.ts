import { defineProcessor, Expression, Schema } from "@millrace/sdk"

/** Keeps the records for which `where` is true; one for which it is false or NULL (SQL's UNKNOWN) goes. */
export const filter = defineProcessor({
  name: "filter",
  description: "Keeps the records for which an expression is true.",
  reads: {},
  config: Schema.Struct({
    where: Expression({ type: "boolean", description: "Which records stay: rating >= 7" })
  }),
  filter: (row, { config }) => config.where(row) === true
})
