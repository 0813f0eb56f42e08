import { defineSource, Schema } from "@millrace/sdk"
import { contractOf, refused } from "./contract.ts"
import { makeRecords } from "./make-records.ts"
import { template } from "./template.ts"

const Config = Schema.Struct({
  ...template,
  limit: Schema.Int.annotate({ description: "Records of each partition" }),
  start: Schema.optionalKey(
    Schema.String.annotate({
      description: "Event time of the first, like 2026-01-01T00:00:00Z; default: 1970"
    })
  )
})

/** Makes so many records as fast as they are taken. They depend on the config alone. */
export const bounded = defineSource({
  name: "bounded",
  description: "Makes a number of records from a template.",
  config: Config,
  position: Schema.Int,
  bounded: true,
  derive: ({ config }) => {
    if (config.limit < 0) return refused("/limit", "give 0 records or more")
    if (Number.isNaN(startOf(config))) return refused("/start", "give a time like 2026-01-01T00:00:00Z")
    return contractOf(config)
  },
  partitions: ({ config }) => Array.from({ length: config.partitions ?? 1 }, (_, index) => String(index)),
  read(position, { config, maxBytes, maxRecords, partition }) {
    const from = position ?? 0
    const to = Math.min(config.limit, from + maxRecords)
    const { next, records, rejected } = makeRecords(config, {
      partition,
      from,
      to,
      start: startOf(config),
      maxBytes
    })
    return { records, rejected, position: next, next: next >= config.limit ? "end" : "more" }
  }
})

/** NaN for what is no time. */
const startOf = ({ start }: typeof Config.Type): number =>
  start === undefined
    ? 0
    : /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(start)
      ? Date.parse(start)
      : Number.NaN
