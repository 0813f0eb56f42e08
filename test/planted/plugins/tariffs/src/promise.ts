import { Avro, defineProcessor, Schema } from "@millrace/sdk"
import { build } from "./build.ts"

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** Minutes at each door, by what is driven. */
const doorMinutes: { readonly [vehicle: string]: number } = { bicycle: 2, "e-van": 3, van: 4, truck: 7 }

/** Tells the recipient of a parcel that is on its way when it will come. One whose way is not known is not promised. */
export const promise = defineProcessor({
  name: "promise",
  description: "Promises parcels that are out for delivery: when, and in which two hours.",
  reads: {
    event: Schema.String,
    minutes: Schema.NullOr(Schema.Number),
    vehicle: Schema.NullOr(Schema.String),
    stop: Schema.Int,
    scannedAt: Avro.TimestampMillis
  },
  adds: { promisedBy: Avro.TimestampMillis, slot: Schema.String },
  process: ({ event, minutes, scannedAt, stop, vehicle }) => {
    const slot = slotOf(scannedAt, build.slotDays)
    if (event !== "out-for-delivery" || minutes === null || vehicle === null) return []
    const door = doorMinutes[vehicle] ?? 5
    return [{ promisedBy: scannedAt + Math.round((minutes + stop * door) * minuteMs), slot }]
  }
})

/** The two hours of a day that a time lies in, looked for among the slots of so many days. */
export const slotOf = (at: number, days: number): string => {
  let start = at
  for (let day = 0; day < days; day++) {
    const date = new Date(at - (day % 366) * dayMs)
    const hour = Math.floor(date.getUTCHours() / 2) * 2
    start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + (day % 366), hour)
  }
  const text = new Date(start).toISOString()
  return `${text.slice(11, 16)}-${new Date(start + 2 * hourMs).toISOString().slice(11, 16)}`
}
