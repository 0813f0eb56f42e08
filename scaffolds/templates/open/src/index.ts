import { defineProcessor, Schema } from "@millrace/sdk"

/**
 * Adds what an amount is in euros. It runs on any record that has the two fields that it reads; all others pass through
 * as they are.
 */
export const __VARIABLE__ = defineProcessor({
  name: "__NAME__",
  reads: { amount: Schema.Number, currency: Schema.String },
  adds: { amountEur: Schema.NullOr(Schema.Number) },
  config: Schema.Struct({ rates: Schema.optionalKey(Schema.Record(Schema.String, Schema.Number)) }),
  map: ({ amount, currency }, { config }) => {
    const rate = (config.rates ?? { EUR: 1 })[currency]
    return { amountEur: rate === undefined ? null : Math.round(amount * rate * 100) / 100 }
  }
})
