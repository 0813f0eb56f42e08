import { Contract, defineSink, files, fromConfig, Schema } from "@millrace/sdk"

/** What it takes. A contract is types, checks and the Avro schema at once. */
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

/**
 * Writes each batch as a text file of its own. What it may do stands in `uses`: to write below the path that its config
 * names, and nothing else. After a kill a batch comes again under the same id, and replaces the file that it wrote.
 */
export const __VARIABLE__ = defineSink({
  name: "__NAME__",
  input: Order,
  config: Schema.Struct({ path: Schema.String }),
  uses: { folder: files.write(fromConfig("path")) },
  batch: { maxRecords: 500 },
  *write(batch, { folder, id }) {
    const lines = batch.flatMap(({ value }) =>
      value === null ? [] : [`${value.id} ${value.customer} ${value.amount} ${value.currency}\n`]
    )
    const name = `${id.replace(/[^A-Za-z0-9]+/g, "-")}.txt`
    yield* folder.writeAt(name, 0, new TextEncoder().encode(lines.join("")))
    yield* folder.sync(name)
  }
})
