import { Schema } from "@millrace/sdk"

export const Config = Schema.Struct({
  on: Schema.Union([Schema.String, Schema.Array(Schema.String).check(Schema.isMinLength(1))]).annotate({
    description: "The field, or fields in the order of the table's key, that say which row"
  }),
  fields: Schema.Record(Schema.String, Schema.String).annotate({
    description: "New field -> the table's field"
  }),
  missing: Schema.optionalKey(
    Schema.Literals(["null", "drop", "fail"]).annotate({
      description: "A record that has no row: its new fields are null (default), it goes, or it fails"
    })
  )
})
export type Config = typeof Config.Type

export const keyFields = ({ on }: Config): readonly string[] => (typeof on === "string" ? [on] : on)
