import { Contract, defineProcessor, Schema, valueState } from "@millrace/sdk"

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

/** What goes out: the latest record of a customer holds for it. */
export class CustomerTotal extends Contract<CustomerTotal>()({
  subject: "__SCOPE__.__NAME__",
  key: "customer",
  schema: Schema.Struct({ customer: Schema.String, orders: Schema.Int, amount: Schema.Number })
}) {}

const Total = Schema.Struct({ orders: Schema.Int, amount: Schema.Number })

/** Counts and sums each customer's orders. The platform keeps the state, by key, in the commit of the records. */
export const __VARIABLE__ = defineProcessor({
  name: "__NAME__",
  input: Order,
  output: CustomerTotal,
  keyBy: ["customer"],
  uses: { total: valueState(Total, { initial: { orders: 0, amount: 0 } }) },
  map: ({ customer, amount }, { total }) => {
    const before = total.get()
    const after = { orders: before.orders + 1, amount: before.amount + amount }
    total.set(after)
    return CustomerTotal.make({ customer, ...after })
  }
})
