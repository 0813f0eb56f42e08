import { Avro, defineProcessor, Duration, Schema } from "@millrace/sdk"

const minute = 60_000

const clock = (time: number): string => new Date(time).toISOString().slice(11, 16)

/**
 * Says of a late record why it was late: its window had ended, by what its own source partition had given before it. It
 * runs on what a tumbling window of that size gives to its output `late`.
 */
export const explainLate = defineProcessor({
  name: "explain-late",
  reads: { delay: Avro.Int32 },
  adds: { windowEnd: Avro.TimestampMillis, minutesBehind: Schema.Int, why: Schema.String },
  config: Schema.Struct({
    window: Duration({ description: "Size of the tumbling window" }),
    outOfOrderness: Duration({ description: "That of the source's watermark" })
  }),
  map: ({ delay }, { config, timestamp, watermark }) => {
    const windowEnd = (Math.floor(timestamp / config.window) + 1) * config.window
    const newest = watermark + config.outOfOrderness
    return {
      windowEnd,
      minutesBehind: (newest - timestamp) / minute,
      why: `it came in ${delay} minutes late: its window ended at ${clock(windowEnd)}, and flights that left at ${clock(newest)} were reported before it`
    }
  }
})
