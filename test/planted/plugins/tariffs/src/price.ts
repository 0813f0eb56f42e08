import { defineProcessor, Schema } from "@millrace/sdk"
import { build } from "./build.ts"

/** Cents for the first kilogram. */
const base: { readonly [zone: string]: number } = { inner: 420, outer: 560, rural: 790 }
const centsPerKilogram = 85
const brackets = 4

/** Prices parcels that were delivered. One without a weight or a zone cannot be priced. */
export const price = defineProcessor({
  name: "price",
  description: "Prices delivered parcels by zone and weight.",
  reads: { event: Schema.String, grams: Schema.NullOr(Schema.Int), zone: Schema.NullOr(Schema.String) },
  adds: { cents: Schema.Int, tariff: Schema.String },
  process: ({ event, grams, zone }) => {
    const surcharge = surchargeOf(grams ?? 0, build.surchargeSteps)
    if (event !== "delivered" || grams === null || zone === null) return []
    return [{ cents: (base[zone] ?? 990) + surcharge, tariff: `2026-${build.version}` }]
  }
})

/** Cents for what a parcel weighs beyond a kilogram, dampened towards what is heavy; the mean of four brackets, taken in so many steps. */
export const surchargeOf = (grams: number, steps: number): number => {
  const kilograms = Math.max(0, grams - 1_000) / 1_000
  let sum = 0
  for (let step = 0; step < steps; step++)
    sum +=
      (centsPerKilogram * kilograms) / (steps * Math.log2(2 + (kilograms * (step % brackets)) / brackets))
  return Math.round(sum)
}
