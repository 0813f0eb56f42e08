import { Contract, defineSource, Schema } from "@millrace/sdk"

/** What comes out. A contract is types, checks and the Avro schema at once. */
export class Reading extends Contract<Reading>()({
  subject: "__SCOPE__.__NAME__",
  key: "sensor",
  schema: Schema.Struct({ sensor: Schema.String, sequence: Schema.Int, celsius: Schema.Number })
}) {}

/**
 * Readings of made-up sensors. The runtime pulls: each read answers some records and the position after them, and both
 * become durable together, so that none is lost or repeated.
 */
export const __VARIABLE__ = defineSource({
  name: "__NAME__",
  output: Reading,
  position: Schema.Int,
  bounded: true,
  config: Schema.Struct({ count: Schema.optionalKey(Schema.Int) }),
  read: (position, { config, maxRecords }) => {
    const from = position ?? 0
    const to = Math.min(config.count ?? 100, from + maxRecords)
    const records = Array.from({ length: to - from }, (_, index) => ({ value: reading(from + index) }))
    return { records, position: to, next: to < (config.count ?? 100) ? "more" : "end" }
  }
})

const reading = (sequence: number) =>
  Reading.make({
    sensor: `s-${sequence % 5}`,
    sequence,
    celsius: Math.round(2000 + 300 * Math.sin(sequence / 10)) / 100
  })
