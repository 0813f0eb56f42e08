import type { Rejected, SourceRecord } from "@millrace/sdk"
import { randomOf } from "./random.ts"
import type { Template } from "./template.ts"

/** Which records to make. */
export interface Stretch {
  /** Name of the partition: its number. */
  readonly partition: string
  /** The first one's number. */
  readonly from: number
  /** Not made any more. */
  readonly to: number
  /** Event time of the first interval, ms since 1970. */
  readonly start: number
  readonly maxBytes: number
}

interface Made {
  readonly records: readonly SourceRecord<unknown>[]
  readonly rejected: readonly Rejected[]
  /** The number of the next one. */
  readonly next: number
}

/** Makes the records of a partition from one number to another, or fewer where they are large. */
export const makeRecords = (config: Template, { from, maxBytes, partition, start, to }: Stretch): Made => {
  const { every, fields, partitions = 1, records: perInterval = 1, seed = 0 } = config
  const place = Number(partition)
  const records: SourceRecord<unknown>[] = []
  const rejected: Rejected[] = []
  const expressions = Object.entries(fields)
  let bytes = 0
  let n = from
  for (; n < to && bytes < maxBytes; n++) {
    const time = start + Math.floor(n / perInterval) * every
    const moment = { n, id: n * partitions + place, partition: place, seed, time }
    const value: { [field: string]: unknown } = {}
    try {
      for (const [index, [name, expression]] of expressions.entries()) {
        const made = expression({ ...moment, random: randomOf(seed, place, n, index) })
        value[name] = made
        bytes += typeof made === "string" ? made.length + 2 : 8
      }
      records.push({ value, timestamp: time })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      rejected.push({ at: `${partition}:${n}`, reason, raw: JSON.stringify(moment) })
    }
  }
  return { records, rejected, next: n }
}
