import { defineSource, Schema } from "@millrace/sdk"
import { LoadRecord } from "./record.ts"
import { recordAt, recordsPerPartition, sourcePartitionCount } from "./sequence.ts"

const pauseMs = 50

/** Eight partitions of unique (key, seq) records, a little at a time, so that there is time to be killed in. */
export const load = defineSource({
  name: "load",
  output: LoadRecord,
  config: Schema.Struct({ seed: Schema.Int, perKey: Schema.Int, perRead: Schema.Int }),
  position: Schema.Struct({ next: Schema.Int }),
  bounded: true,
  partitions: () => Array.from({ length: sourcePartitionCount }, (_, partition) => String(partition)),
  read: (position, { config, partition, maxRecords }) => {
    const start = position?.next ?? 0
    const total = recordsPerPartition(config.perKey)
    const next = Math.min(total, start + Math.min(maxRecords, config.perRead))
    const records: { readonly value: typeof LoadRecord.Type }[] = []
    const rejected: { readonly at: string; readonly reason: string; readonly raw: string }[] = []
    for (let n = start; n < next; n++) {
      const { key, seq, fate } = recordAt(config.seed, Number(partition), n)
      if (fate === "rejected")
        rejected.push({ at: `${partition}:${n}`, reason: "poison", raw: `${key}:${seq}` })
      else records.push({ value: LoadRecord.make({ key, seq, fate }) })
    }
    return { records, rejected, position: { next }, next: next === total ? "end" : "idle", waitMs: pauseMs }
  }
})
