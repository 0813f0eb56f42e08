import { defineProcessor, defineSource, Schema } from "@millrace/sdk"
import { Event } from "./events.ts"

/** Gives nothing and does not end: names the stream that a bench appends to. */
export const silent = defineSource({
  name: "silent",
  output: Event,
  position: Schema.Int,
  read: () => ({ records: [], position: 0, next: "idle" })
})

/** A map of one field; the others pass. */
export const raised = defineProcessor({
  name: "raised",
  reads: { price: Schema.Int },
  updates: ["price"],
  map: ({ price }) => ({ price: price + 1 })
})
