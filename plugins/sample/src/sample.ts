import { defineProcessor, type DeriveContext, recordFields, Schema } from "@millrace/sdk"
import { hashOf } from "./hash.ts"

const Config = Schema.Struct({
  share: Schema.Number.annotate({ description: "How much stays, from 0 to 1: 0.01 is a hundredth" }),
  by: Schema.optionalKey(
    Schema.Array(Schema.String).annotate({
      description: "Fields: all records with the same values stay, or none; default: each record by itself"
    })
  ),
  seed: Schema.optionalKey(Schema.Int.annotate({ description: "Another seed is another choice; default: 0" }))
})
type Config = typeof Config.Type

/** Keeps a share of the records: the same ones whenever they are run again. They pass as bytes. */
export const sample = defineProcessor({
  name: "sample",
  description: "Keeps a share of the records.",
  config: Config,
  derive: (context) => contractOf(context),
  filter: (row, { config, random }) => {
    const { by, seed = 0, share } = config
    if (by === undefined) return random() < share
    return (
      hashOf(
        by.map((name) => row[name]),
        seed
      ) < share
    )
  }
})

const contractOf = ({ config, inputs }: DeriveContext<Config>) => {
  const { by = [], share } = config
  if (!(share >= 0 && share <= 1)) return refused("/share", "a share is from 0 to 1")
  if (config.by !== undefined && by.length === 0)
    return refused("/by", "name a field at least, or leave by out")
  const names = recordFields(inputs["input"]?.schema).map(({ name }) => name)
  const missing = by.findIndex((name) => !names.includes(name))
  if (missing >= 0)
    return refused(
      `/by/${missing}`,
      `there is no field ${by[missing]}; the fields are ${names.slice(0, 12).join(", ")}`
    )
  return { reads: { input: by }, output: "same" }
}

const refused = (path: string, message: string) => ({ error: { path, message } })
