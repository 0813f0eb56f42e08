import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { schemaArbitrary } from "../../avro/testing/schema-arbitrary.ts"
import { compileReader, compileWriter } from "../../codec/compile-boundary.ts"
import { Avro, Contract, Schema } from "../../index.ts"
import { ByteSink } from "../../record/byte-sink.ts"
import { recordTypeOf, type RecordSource } from "./record-type.ts"
import { edgeRecords, recordsOf, sampleRecords } from "./records-of-boundary.ts"

class Order extends Contract<Order>()({
  subject: "shop.orders",
  key: "orderId",
  schema: Schema.Struct({
    orderId: Schema.String,
    customerEmail: Schema.NullOr(Schema.String),
    price: Avro.Decimal({ precision: 8, scale: 2 }),
    quantity: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 })),
    code: Schema.String.check(Schema.isPattern(/^[A-Z]{2}-[0-9]{3}$/)),
    rating: Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 10 })),
    tags: Schema.Array(Schema.String).check(Schema.isMinLength(1)),
    placed: Avro.TimestampMillis,
    big: Avro.Long
  })
}) {}

const codecOf = (source: RecordSource): ((value: unknown) => unknown) => {
  const type = recordTypeOf(source)
  const writer = compileWriter(type)
  const reader = compileReader(type, type)
  return (value) => {
    const sink = new ByteSink(1 << 24, 256)
    writer.write(value, sink)
    const bytes = sink.toBytes()
    return reader.read(bytes, 0, bytes.length)
  }
}

describe("records from a contract", () => {
  it("are taken by the contract's own codec, checks included", () => {
    const written = codecOf(Order)
    for (const order of edgeRecords(Order, { count: 500 })) assert.deepEqual(written(order), order)
    for (const order of sampleRecords(Order, { count: 100 })) assert.deepEqual(written(order), order)
  })

  it("hold nulls, empty texts, limits and every branch", () => {
    const orders = edgeRecords(Order, { count: 500 })
    assert.isTrue(orders.some(({ customerEmail }) => customerEmail === null))
    assert.isTrue(orders.some(({ orderId }) => orderId === ""))
    assert.isTrue(orders.some(({ orderId }) => orderId.length >= 1_000))
    assert.isTrue(orders.some(({ quantity }) => quantity === 9))
    assert.isTrue(orders.some(({ price }) => price === "999999.99"))
    assert.isTrue(orders.some(({ big }) => big === 2n ** 63n - 1n))
    assert.isTrue(orders.some(({ placed }) => placed === -8.64e15))
  })

  it("are the same for the same seed, whichever sample one starts from", () => {
    assert.deepEqual(edgeRecords(Order, { seed: 7 }), edgeRecords(Order, { seed: 7 }))
    assert.deepEqual(
      sampleRecords(Order, { seed: 7, from: 5, count: 3 }),
      sampleRecords(Order, { seed: 7 }).slice(5, 8)
    )
    assert.notDeepEqual(sampleRecords(Order, { seed: 8 }), sampleRecords(Order, { seed: 7 }))
  })

  it("look plausible as samples", () => {
    const orders = sampleRecords(Order, { count: 50 })
    assert.deepEqual(
      orders.map(({ customerEmail }) => customerEmail === null || customerEmail.endsWith("@example.com")),
      orders.map(() => true)
    )
    assert.deepEqual(
      orders.slice(0, 3).map(({ orderId }) => orderId),
      ["orde-1", "orde-2", "orde-3"]
    )
    assert.isTrue(orders.every(({ placed }) => new Date(placed).getUTCFullYear() === 2026))
  })

  it("come from any Avro record", () => {
    const records = schemaArbitrary().filter((type) => type.kind === "record")
    fc.assert(
      fc.property(records, fc.nat(), (type, seed) => {
        if (type.kind !== "record") return
        const both = [...edgeRecords(type, { seed, count: 3 }), ...sampleRecords(type, { seed, count: 3 })]
        both.forEach(codecOf(type))
      }),
      { numRuns: 100 }
    )
  })

  it("shrink to the simplest record", () => {
    const found = fc.check(
      fc.property(recordsOf(Order), ({ quantity }) => quantity < 5),
      { seed: 1 }
    )
    assert.strictEqual(found.counterexample?.[0].quantity, 5)
    assert.strictEqual(found.counterexample?.[0].customerEmail, null)
  })
})
