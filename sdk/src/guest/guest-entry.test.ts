import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { fromConfig, files, lookupTable, mapState, valueState } from "../capability/index.ts"
import { Contract, defineProcessor, defineSource, Expression, field } from "../plugin/index.ts"
import type { GuestHost, GuestRecord } from "./abi.ts"
import { unchecked } from "./fixtures/javascript-author-boundary.ts"
import { guestEntry } from "./guest-entry.ts"

class Order extends Contract<Order>()({
  subject: "shop.orders",
  key: ["customer", "id"],
  schema: Schema.Struct({ id: Schema.String, customer: Schema.String, amount: Schema.Number })
}) {}

const host: GuestHost = {
  expression: (pointer) => (pointer.startsWith("/missing") ? undefined : () => pointer),
  schema: () => undefined,
  request: () => {},
  lookup: (handle, key) => ({ handle, key }),
  log: () => {},
  metric: () => {}
}

const recordOf = (values: Map<string, unknown> = new Map()): GuestRecord => ({
  key: Uint8Array.of(1),
  watermark: -Infinity,
  timestamp: 5,
  headers: [],
  position: { topic: "t", partition: 0, offset: "7" },
  now: 9,
  random: () => 0.5,
  state: (name) => ({
    get: (mapKey) => values.get(`${name}/${String(mapKey)}`),
    set: (value, mapKey) => values.set(`${name}/${String(mapKey)}`, value),
    delete: (mapKey) => values.delete(`${name}/${String(mapKey)}`),
    entries: () => []
  }),
  cancelTimer: () => {},
  stamp: () => {},
  tombstone: () => {},
  timer: () => {}
})

const manifestOf = (module: object) => JSON.parse(guestEntry(module).manifest())[0]
const openBody = (module: object, config: unknown = {}) => {
  const [name] = Object.values(module).map((plugin) => String(Reflect.get(Object(plugin), "name")))
  const opened = guestEntry(module).open(name ?? "", JSON.stringify(config), host)
  if (opened.kind !== "processor") throw new Error("not a processor")
  return opened.bodies["input"]!
}

describe("a manifest", () => {
  it("states everything that a plugin declared", () => {
    const p = defineProcessor({
      name: "p",
      description: "Does p",
      reads: { amount: field("amountField", Schema.Number) },
      adds: { share: Schema.NullOr(Schema.Number) },
      drops: ["note", field("drop")],
      keyBy: field("by"),
      many: true,
      config: Schema.Struct({
        amountField: Schema.String,
        drop: Schema.String,
        by: Schema.Array(Schema.String),
        rules: Schema.Array(Schema.Struct({ when: Expression({ type: "boolean" }), weight: Schema.Number }))
      }),
      uses: {
        sum: valueState(Schema.Number, { initial: 0, ttlMs: 1_000 }),
        seen: mapState(Schema.String, Order),
        orders: lookupTable(Order),
        input: files.read(fromConfig("amountField"))
      },
      *map({ amount }, { sum }) {
        sum.set(sum.get() + amount)
        return { share: amount / sum.get() }
      }
    })
    const manifest = manifestOf({ p })
    assert.deepEqual(manifest.expressions, [{ pointer: "/rules/*/when", input: "input", type: "boolean" }])
    assert.deepEqual(manifest.inputs, [
      {
        name: "input",
        many: true,
        contract: {
          form: "open",
          reads: [{ as: "amount", from: { config: "/amountField" }, schema: "double" }]
        }
      }
    ])
    assert.deepEqual(manifest.outputs[0].contract, {
      form: "open",
      adds: [{ as: "share", field: { field: "share" }, schema: ["null", "double"] }],
      updates: [],
      drops: [{ field: "note" }, { config: "/drop" }]
    })
    assert.deepEqual(manifest.keyBy, [{ input: "input", fields: [{ config: "/by" }] }])
    assert.deepEqual(manifest.bodies, [{ input: "input", form: "map", suspends: true }])
    assert.deepEqual(
      manifest.state.map(
        (state: { readonly name: string; readonly kind: string; readonly ttlMs?: number }) => [
          state.name,
          state.kind,
          state.ttlMs
        ]
      ),
      [
        ["sum", "value", 1_000],
        ["seen", "map", undefined]
      ]
    )
    assert.deepEqual(manifest.tables[0].contract.key, ["customer", "id"])
    assert.deepEqual(manifest.permissions, [
      { handle: "input", permission: { kind: "read", path: { config: "/amountField" } } }
    ])
    assert.deepEqual(manifest.config.properties.rules.items.properties.weight, { type: "number" })
    assert.isFalse(manifest.config.additionalProperties)
  })

  it("is refused with every offence at once", () => {
    const Loose = Contract()({
      subject: "shop.loose",
      schema: Schema.Struct({ at: Schema.DateFromString, note: Schema.optionalKey(Schema.String) })
    })
    const bad = defineProcessor(
      unchecked({
        name: "Bad Name",
        input: Loose,
        output: Loose,
        uses: { key: valueState(Schema.Int, { initial: 0 }) }
      })
    )
    const refused = message(() => guestEntry({ bad }).manifest())
    assert.match(refused, /lower-case letters/)
    assert.match(refused, /"key" cannot be a handle's name/)
    assert.match(refused, /give one of filter, map and process/)
    assert.match(refused, /state is kept by key: give keyBy/)
    assert.match(refused, /contract shop\.loose, at: a transformation/)
    assert.match(refused, /contract shop\.loose, note: an optional key/)
  })

  it("is refused for a module without plugins, or with two of one name", () => {
    assert.match(
      message(() => guestEntry({ a: 1 }).manifest()),
      /exports no plugin/
    )
    const make = () => defineProcessor({ name: "twice", reads: {}, filter: () => true })
    assert.match(
      message(() => guestEntry({ a: make(), b: make() }).manifest()),
      /two plugins are named "twice"/
    )
    const one = make()
    assert.lengthOf(JSON.parse(guestEntry({ default: one, one }).manifest()), 1)
  })
})

const message = (attempt: () => unknown): string => {
  try {
    attempt()
    return ""
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe("an opened processor", () => {
  it("gives its body the value, the config and what it asks of the record", () => {
    const seen: unknown[] = []
    const p = defineProcessor({
      name: "p",
      input: Order,
      keyBy: "customer",
      config: Schema.Struct({ where: Expression(), factor: Schema.Number }),
      uses: { sum: valueState(Schema.Number, { initial: 10 }), orders: lookupTable(Order) },
      map: (order, { config, key, timestamp, now, random, position, sum, orders }) => {
        sum.set(sum.get() + order.amount * config.factor)
        seen.push(key, timestamp, now, random(), position.offset, config.where({}), orders.get(["c", "i"]))
        return order
      }
    })
    const state = new Map<string, unknown>()
    const body = openBody({ p }, { where: "1 = 1", factor: 2 })
    const order = { id: "i", customer: "c", amount: 4 }
    assert.strictEqual(body.call(order, recordOf(state)), order)
    assert.deepEqual(seen, [
      Uint8Array.of(1),
      5,
      9,
      0.5,
      "7",
      "/where",
      { handle: "orders", key: ["c", "i"] }
    ])
    assert.deepEqual([...state], [["sum/undefined", 18]])
  })

  it("refuses a config that does not fit, with its place", () => {
    const p = defineProcessor({
      name: "p",
      reads: {},
      config: Schema.Struct({ length: Schema.Int }),
      filter: (_row, { config }) => config.length > 1
    })
    assert.match(
      message(() => openBody({ p }, { length: "x" })),
      /length/
    )
    assert.match(
      message(() => openBody({ p }, { length: 1, size: 2 })),
      /size/
    )
  })

  it("refuses a plain body that does not answer at once", () => {
    const generator = function* () {
      yield 1
    }
    const p = defineProcessor({ name: "p", input: Order, map: unchecked(() => generator()) })
    assert.match(
      message(() => openBody({ p }).call({}, recordOf())),
      /answers at once/
    )
    const q = defineProcessor({ name: "q", input: Order, map: unchecked(() => Promise.resolve()) })
    assert.match(
      message(() => openBody({ q }).call({}, recordOf())),
      /answers at once/
    )
  })

  it("costs a plain body little more than its call", () => {
    const p = defineProcessor({
      name: "p",
      input: Order,
      filter: (order, { config }) => order.amount > Object.keys(config).length
    })
    const body = openBody({ p })
    const record = recordOf()
    const values = Array.from({ length: 1_000 }, (_, index) => ({ id: "", customer: "", amount: index }))
    const round = (): number => {
      const start = performance.now()
      for (const value of values) body.call(value, record)
      return ((performance.now() - start) * 1_000) / values.length
    }
    const best = Math.min(...Array.from({ length: 300 }, round))
    assert.isBelow(best, 0.5)
  })
})

describe("a source in a bundle", () => {
  it("answers its position as JSON, and refuses one of another form", () => {
    const s = defineSource({
      name: "s",
      output: Order,
      position: Schema.Struct({ at: Schema.Int }),
      read: (position) => ({ records: [], position: { at: (position?.at ?? 0) + 1 }, next: "more" })
    })
    const opened = guestEntry({ s }).open("s", "{}", host)
    assert.isTrue(opened.kind === "source")
    if (opened.kind !== "source") return
    const budget = { maxRecords: 1, maxBytes: 1, now: 0 }
    assert.deepEqual(opened.read("0", '{"at":4}', budget), {
      records: [],
      positionJson: '{"at":5}',
      next: "more"
    })
    assert.match(
      message(() => opened.read("0", '{"at":"x"}', budget)),
      /position does not fit/
    )
    assert.deepEqual(opened.partitions(), ["0"])
  })
})
