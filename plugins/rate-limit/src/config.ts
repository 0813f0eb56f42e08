import { Duration, recordFields, Schema } from "@millrace/sdk"

/** What both limiters are told. */
export const limit = {
  records: Schema.Int.annotate({ description: "Records that pass in the time of per" }),
  per: Duration({ description: "A length of time" }),
  keyBy: Schema.Array(Schema.String).annotate({
    description: "Fields of which each value has a limit of its own; []: one for all"
  })
}

const Limit = Schema.Struct(limit)
export type Limit = typeof Limit.Type

/** What is wrong with a limit for records of this schema. */
export const limitProblem = (
  { keyBy, per, records }: Limit,
  schema: unknown
): { readonly path: string; readonly message: string } | undefined => {
  if (records < 1) return { path: "/records", message: "let one record pass at least" }
  if (per < 1) return { path: "/per", message: "give a time longer than 0" }
  const names = recordFields(schema).map(({ name }) => name)
  const missing = keyBy.findIndex((name) => !names.includes(name))
  if (missing < 0) return undefined
  const message = `there is no field ${keyBy[missing]}; the fields are ${names.slice(0, 12).join(", ")}`
  return { path: `/keyBy/${missing}`, message }
}
