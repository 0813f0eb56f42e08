import { assert, describe, it } from "vitest"
import { createClient } from "./client.ts"
import { ContractError } from "./contract/contract-error.ts"
import { BufferFullError, ClosedError } from "./errors.ts"
import type { ClientOptions, LostEvent } from "./options.ts"
import { World } from "./testing/world.ts"

interface Sale {
  readonly id: string
  readonly at: number
  readonly total: number
}

const schema = {
  type: "record",
  name: "shop.Sale",
  fields: [
    { name: "id", type: "string" },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "total", type: "double" }
  ]
}

const make = (options: Partial<ClientOptions<Sale>> = {}) => {
  const world = new World(schema)
  const lost: LostEvent<Sale>[] = []
  const client = createClient<Sale, "id" | "at">({
    url: "https://millrace.example/ingest/shop/sales",
    token: "mlr_secret",
    schema,
    eventTime: "at",
    onLost: (one) => lost.push(one),
    surroundings: world.surroundings,
    ...options
  })
  return { client, lost, world }
}

/** What a program without types may do. */
const trackAny = (client: object, event: unknown): unknown => Reflect.get(client, "track").call(client, event)

describe("the client", () => {
  it("sends what was tracked together, with ids and times of the moment of the call", async () => {
    const { client, world } = make()
    const id = client.track({ total: 1 })
    world.now = 2_000
    client.track({ id: "mine", at: 5, total: 2 })
    assert.strictEqual(client.waiting, 2)
    assert.lengthOf(world.requests, 0)
    world.pass(1_000)
    await client.flush()
    assert.deepStrictEqual(
      world.requests.map(({ events }) => events),
      [
        [
          { id, at: 1_000, total: 1 },
          { id: "mine", at: 5, total: 2 }
        ]
      ]
    )
    assert.strictEqual(world.requests[0]?.headers["authorization"], "Bearer mlr_secret")
    assert.strictEqual(client.waiting, 0)
  })

  it("refuses at once what does not fit the contract, and names the field", () => {
    const { client, world } = make()
    const wrong: unknown = { total: "much" }
    try {
      trackAny(client, wrong)
      assert.fail("it was tracked")
    } catch (error) {
      assert.instanceOf(error, ContractError)
      assert.strictEqual(error.pointer, "/total")
      assert.strictEqual(error.message, "/total: expected a number, got a string")
    }
    assert.strictEqual(client.waiting, 0)
    assert.lengthOf(world.requests, 0)
  })

  it("asks the address for the contract where none is given, and checks what waits", async () => {
    const { client, lost, world } = make({ schema: undefined })
    client.track({ total: 1 })
    trackAny(client, { total: null })
    await client.flush()
    assert.deepStrictEqual(
      world.requests.map(({ method }) => method),
      ["GET", "POST"]
    )
    assert.lengthOf(world.requests[1]?.events ?? [], 1)
    assert.deepInclude(lost[0], { why: "rejected", code: "EVENT_INVALID", pointer: "/total" })
    assert.throws(() => trackAny(client, {}), ContractError)
  })

  it("makes a request again until it is answered, with the same ids, later and later", async () => {
    const waits: number[] = []
    const messages: string[] = []
    const { client, world } = make({
      onRetry: ({ afterMs, message }) => {
        waits.push(afterMs)
        messages.push(message)
      }
    })
    world.answers.push("down", 503, 500, 429, "taken")
    client.track({ total: 1 })
    const flushed = client.flush()
    await world.runUntil(flushed)
    assert.deepStrictEqual(waits, [375, 750, 1_500, 3_000])
    assert.lengthOf(new Set(world.requests.map(({ events }) => JSON.stringify(events))), 1)
    assert.lengthOf(world.requests, 5)
    assert.notInclude(messages.join(), "mlr_secret")
  })

  it("keeps to Retry-After, and to nothing longer than an hour", async () => {
    const waits: number[] = []
    const { client, world } = make({ onRetry: ({ afterMs }) => waits.push(afterMs) })
    world.answers.push({ status: 503, retryAfter: "7" }, { status: 503, retryAfter: "99999999" }, "taken")
    client.track({ total: 1 })
    await world.runUntil(client.flush())
    assert.deepStrictEqual(waits, [7_000, 3_600_000])
  })

  it("loses nothing to a token that is refused: an operator mends it, and it goes on", async () => {
    let token = "old"
    const { client, lost, world } = make({
      token: () => Promise.resolve(token),
      onRetry: () => (token = "new")
    })
    world.answers.push(403, "taken")
    client.track({ total: 1 })
    await world.runUntil(client.flush())
    assert.deepStrictEqual(
      world.requests.map(({ headers }) => headers["authorization"]),
      ["Bearer old", "Bearer new"]
    )
    assert.deepStrictEqual(lost, [])
  })

  it("tells which events the platform rejected, and why", async () => {
    const { client, lost, world } = make()
    world.answers.push({ status: 202, reject: [1] })
    client.track({ id: "a", total: 1 })
    client.track({ id: "b", total: 2 })
    await client.flush()
    assert.deepStrictEqual(
      lost.map(({ code, event, pointer, why }) => [event.id, why, code, pointer]),
      [["b", "rejected", "EVENT_TIME_AHEAD", "/at"]]
    )
  })

  it("takes a body apart that is refused as a whole, until the one event stands alone", async () => {
    const { client, lost, world } = make()
    world.refuses = (events) => (events.some(({ total }) => total === 13) ? 413 : undefined)
    for (const total of [10, 11, 12, 13, 14, 15, 16]) client.track({ total })
    await world.runUntil(client.flush())
    assert.deepStrictEqual(
      lost.map(({ event }) => event.total),
      [13]
    )
    assert.sameMembers(
      world.taken.map(({ total }) => Number(total)),
      [10, 11, 12, 14, 15, 16]
    )
  })

  it("cuts requests by number and by bytes", async () => {
    const { client, world } = make({ batch: { maxEvents: 3, maxBytes: 10_000 } })
    for (let total = 0; total < 8; total++) client.track({ total })
    await client.flush()
    assert.deepStrictEqual(
      world.requests.map(({ events }) => events.length),
      [3, 3, 2]
    )
    const small = make({ batch: { maxBytes: 150 } })
    for (let total = 0; total < 5; total++) small.client.track({ id: `sale-${total}`, total })
    await small.client.flush()
    assert.isAbove(small.world.requests.length, 1)
    assert.lengthOf(small.world.taken, 5)
  })

  it("holds no more than its buffer: throws, drops the oldest or the newest, or is waited for", async () => {
    const full = make({ buffer: { maxEvents: 2 } })
    full.world.answers.push("silent")
    for (const total of [1, 2]) full.client.track({ total })
    assert.throws(() => full.client.track({ total: 3 }), BufferFullError)
    const oldest = make({ buffer: { maxEvents: 2, whenFull: "drop-oldest" } })
    for (const total of [1, 2, 3]) oldest.client.track({ total })
    assert.deepStrictEqual(
      oldest.lost.map(({ event, why }) => [event.total, why]),
      [[1, "dropped"]]
    )
    const newest = make({ buffer: { maxEvents: 2, whenFull: "drop-newest" } })
    for (const total of [1, 2, 3]) newest.client.track({ total })
    assert.deepStrictEqual(
      newest.lost.map(({ event }) => event.total),
      [3]
    )
    const bytes = make({ buffer: { maxBytes: 100 } })
    bytes.client.track({ id: "x".repeat(200), total: 1 })
    assert.throws(() => bytes.client.track({ total: 2 }), BufferFullError)
    let isRoom = false
    const room = newest.client.room().then(() => (isRoom = true))
    assert.isFalse(isRoom)
    await newest.client.flush()
    await room
    assert.isTrue(isRoom)
  })

  it("stops when it is closed, tells what was not sent, and takes nothing more", async () => {
    const { client, lost, world } = make()
    world.answers.push("down", "down", "down", "down", "down", "down", "down", "down")
    client.track({ total: 1 })
    const closed = client.close({ timeoutMs: 3_000 })
    assert.throws(() => client.track({ total: 2 }), ClosedError)
    await world.runUntil(closed)
    assert.deepStrictEqual(await closed, { unsent: 1 })
    assert.deepStrictEqual(
      lost.map(({ why }) => why),
      ["unsent"]
    )
    const well = make()
    well.client.track({ total: 1 })
    assert.deepStrictEqual(await well.client.close(), { unsent: 0 })
    assert.lengthOf(well.world.taken, 1)
    assert.strictEqual(well.world.timers, 0)
  })

  it("leaves to the browser what waits when a page goes, and sends it again when the page comes back", async () => {
    const { client, world } = make()
    client.track({ id: "a", total: 1 })
    world.leave()
    assert.deepStrictEqual(
      world.requests.map(({ events, keepalive }) => [keepalive, events.length]),
      [[true, 1]]
    )
    await client.flush()
    assert.deepStrictEqual(
      world.requests.map(({ keepalive }) => keepalive),
      [true, false]
    )
    const large = make()
    for (let n = 0; n < 3; n++) large.client.track({ id: `${n}`.padEnd(30_000, "x"), total: n })
    large.world.leave()
    assert.deepStrictEqual(
      large.world.requests.map(({ events }) => events.length),
      [2]
    )
  })
})
