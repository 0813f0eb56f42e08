import { defineFunction, Schema } from "@millrace/sdk"

const rates: { readonly [currency: string]: number } = { EUR: 1, USD: 0.92, GBP: 1.17 }

/**
 * What an amount is in euros. A function is pure: the same arguments give the same result, and an argument that is null
 * where its schema does not allow it gives null.
 */
export const __VARIABLE__ = defineFunction({
  name: "__NAME__",
  args: { amount: Schema.Number, currency: Schema.String },
  returns: Schema.NullOr(Schema.Number),
  evaluate: ({ amount, currency }) => {
    const rate = rates[currency]
    return rate === undefined ? null : Math.round(amount * rate * 100) / 100
  }
})
