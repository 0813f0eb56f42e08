import { defineProcessor, Schema, valueState } from "@millrace/sdk"
import { CategoryPrice, WinningBid } from "./contracts.ts"

const Sum = Schema.Struct({ auctions: Schema.Int, total: Schema.Int })

/** The mean price of a category's auctions so far, with each one that is over. */
export const categoryPrice = defineProcessor({
  name: "category-price",
  input: WinningBid,
  output: CategoryPrice,
  keyBy: "category",
  uses: { sum: valueState(Sum, { initial: { auctions: 0, total: 0 } }) },
  process: ({ category, price }, { sum }) => {
    const auctions = sum.get().auctions + 1
    const total = sum.get().total + price
    sum.set({ auctions, total })
    return [CategoryPrice.make({ category, auctions, avg_price: total / auctions })]
  }
})
