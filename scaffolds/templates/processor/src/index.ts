import { Contract, defineProcessor, Schema } from "@millrace/sdk"

/** What comes in. A contract is types, checks and the Avro schema at once. */
export class Order extends Contract<Order>()({
  subject: "shop.orders",
  key: "id",
  schema: Schema.Struct({
    id: Schema.String,
    customer: Schema.String,
    amount: Schema.Number,
    currency: Schema.String
  })
}) {}

/** What goes out. */
export class RatedOrder extends Contract<RatedOrder>()({
  subject: "__SCOPE__.__NAME__",
  key: "id",
  schema: Schema.Struct({
    id: Schema.String,
    customer: Schema.String,
    amount: Schema.Number,
    size: Schema.Literals(["small", "large"])
  })
}) {}

/** Drops orders below an amount, and says of the others how large they are. */
export const __VARIABLE__ = defineProcessor({
  name: "__NAME__",
  input: Order,
  output: RatedOrder,
  config: Schema.Struct({ minAmount: Schema.optionalKey(Schema.Number) }),
  process: ({ id, customer, amount }, { config }) => {
    if (amount < (config.minAmount ?? 10)) return []
    return [RatedOrder.make({ id, customer, amount, size: amount < 100 ? "small" : "large" })]
  }
})
