import * as Schema from "effect/Schema"

/** The exact versions that a pipeline runs, by `name@range` as written. */
export const Lock = Schema.Struct({
  lock: Schema.Literal(1),
  packages: Schema.Record(
    Schema.String,
    Schema.Struct({
      version: Schema.String,
      /** SRI (sha512) of the archive. */
      integrity: Schema.String
    })
  )
})
export type Lock = typeof Lock.Type

export const lockKey = (name: string, range: string): string => `${name}@${range}`
