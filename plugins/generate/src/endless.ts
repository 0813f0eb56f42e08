import { defineSource, Schema } from "@millrace/sdk"
import { contractOf } from "./contract.ts"
import { makeRecords } from "./make-records.ts"
import { template } from "./template.ts"

const Config = Schema.Struct(template)

const Position = Schema.Struct({
  /** Number of the next record. */
  n: Schema.Int,
  /** When the partition was first read, ms since 1970: the time of its first record. */
  start: Schema.Int
})

/** Makes records at the pace of the clock, without an end. After a stop it makes up for those that were due meanwhile. */
export const endless = defineSource({
  name: "endless",
  description: "Makes records from a template at a pace, without an end.",
  config: Config,
  position: Position,
  derive: ({ config }) => contractOf(config),
  partitions: ({ config }) => Array.from({ length: config.partitions ?? 1 }, (_, index) => String(index)),
  read(position, { config, maxBytes, maxRecords, now, partition }) {
    const { n: from, start } = position ?? { n: 0, start: now }
    const { every, records: perInterval = 1 } = config
    const due = (Math.floor((now - start) / every) + 1) * perInterval
    const to = Math.max(from, Math.min(due, from + maxRecords))
    const { next, records, rejected } = makeRecords(config, { partition, from, to, start, maxBytes })
    const isBehind = next < due
    const waitMs = Math.max(1, start + Math.floor(next / perInterval) * every - now)
    return { records, rejected, position: { n: next, start }, next: isBehind ? "more" : "idle", waitMs }
  }
})
