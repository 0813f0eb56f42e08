import { defineProcessor, Schema } from "@millrace/sdk"

/** One middle field of a record changed, all others passed as bytes. */
export const discount = defineProcessor({
  name: "discount",
  reads: { price: Schema.Int },
  updates: ["price"],
  map: ({ price }) => ({ price: Math.round(price * 0.908) })
})

export const expensive = defineProcessor({
  name: "expensive",
  reads: { price: Schema.Int },
  filter: ({ price }) => price > 10_000
})
