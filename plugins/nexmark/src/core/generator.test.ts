import { createHash } from "node:crypto"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { Generator, type GeneratorOptions, type NexmarkEvent } from "./generator.ts"
import { firstId, lastAuction, lastPerson } from "./ids.ts"
import { numberAt } from "./time-line.ts"

const start = Date.UTC(2015, 6, 15)
const usual: GeneratorOptions = {
  firstEventId: 0,
  eventsPerSecond: 100_000,
  outOfOrderGroup: 1,
  start,
  seed: 0
}

const eventsOf = (count: number, options: Partial<GeneratorOptions> = {}): readonly NexmarkEvent[] => {
  const generator = new Generator({ ...usual, ...options })
  return Array.from({ length: count }, (_, number) => generator.eventAt(number))
}
const bidsOf = (events: readonly NexmarkEvent[]) => events.flatMap((one) => (one.is === "bid" ? one.row : []))
const auctionsOf = (events: readonly NexmarkEvent[]) =>
  events.flatMap((one) => (one.is === "auction" ? one.row : []))
const personsOf = (events: readonly NexmarkEvent[]) =>
  events.flatMap((one) => (one.is === "person" ? one.row : []))
const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length

const events = eventsOf(100_000)
const [persons, auctions, bids] = [personsOf(events), auctionsOf(events), bidsOf(events)]

describe("the events of Nexmark", () => {
  it("are one person, three auctions and 46 bids of fifty", () => {
    assert.deepEqual([persons.length, auctions.length, bids.length], [2_000, 6_000, 92_000])
    assert.deepEqual(
      events.slice(50, 56).map(({ is }) => is),
      ["person", "auction", "auction", "auction", "bid", "bid"]
    )
  })

  it("have ids in their order, from 1000", () => {
    const idsOf = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id)
    const counted = (length: number) => Array.from({ length }, (_, index) => firstId + index)
    assert.deepEqual(idsOf(persons), counted(2_000))
    assert.deepEqual(idsOf(auctions), counted(6_000))
  })

  it("have 100 of them in a millisecond, at 100,000 a second", () => {
    const times = events.map(({ row }) => row.dateTime - start)
    assert.deepEqual([times[0], times[99], times[100], times.at(-1)], [0, 0, 1, 999])
  })

  it("speak of hot auctions, bidders and sellers as often as they should", () => {
    const hot = (share: number, of: readonly boolean[]) =>
      assert.approximately(of.filter(Boolean).length / of.length, share, 0.02)
    // What is drawn from all may be hot, too: one of up to 111 auctions, of 1,010 persons.
    hot(
      0.5 + 0.5 / 111,
      bids.map(({ auction }) => (auction - firstId) % 100 === 0)
    )
    hot(
      0.75,
      bids.map(({ bidder }) => (bidder - firstId) % 100 === 1)
    )
    hot(
      0.75,
      auctions.map(({ seller }) => (seller - firstId) % 100 === 0)
    )
  })

  it("speak of what is there, or will be soon", () => {
    const isSound = (event: NexmarkEvent, eventId: number): boolean => {
      const [lastId, personId] = [firstId + lastAuction(eventId), firstId + lastPerson(eventId)]
      if (event.is === "person") return event.row.id === personId
      if (event.is === "auction")
        return event.row.seller <= personId + 10 && event.row.expires > event.row.dateTime
      const { auction, bidder, price } = event.row
      const isNear = auction >= lastId - 100 && auction <= lastId + 10 && bidder <= personId + 10
      return isNear && price >= 100 && price <= 100_000_000
    }
    assert.deepEqual(
      events.filter((event, eventId) => !isSound(event, eventId)),
      []
    )
  })

  it("have prices even by their logarithm, and auctions that are open for 17 ms", () => {
    const magnitudes = bids.map(({ price }) => Math.log10(price))
    assert.approximately(mean(magnitudes), 5, 0.05)
    for (let from = 2; from < 8; from++) {
      const share = magnitudes.filter((one) => one >= from && one < from + 1).length / bids.length
      assert.approximately(share, 1 / 6, 0.01)
    }
    assert.approximately(mean(auctions.map(({ dateTime, expires }) => expires - dateTime)), 17, 0.5)
  })

  it("come from four channels half of the time, else from one of 10,000, each with its address", () => {
    const addresses = new Map<string, string>()
    for (const { channel, url } of bids) addresses.set(channel, url)
    assert.isTrue(bids.every(({ channel, url }) => addresses.get(channel) === url))
    const form = /^https:\/\/www\.nexmark\.com\/(?:[a-z_]{3,4}\/){3}item\.htm\?query=1(?:&channel_id=\d+)?$/
    assert.deepEqual(
      [...addresses.values()].filter((url) => !form.test(url)),
      []
    )
    const hot = bids.filter(({ channel }) => ["Google", "Facebook", "Baidu", "Apple"].includes(channel))
    assert.approximately(hot.length / bids.length, 0.5, 0.01)
    const named = [...addresses.values()].filter((url) => url.includes("channel_id"))
    assert.approximately(named.length / addresses.size, 0.9, 0.02)
    assert.match(addresses.get("channel-1") ?? "&channel_id=2147483648", /channel_id=2147483648|query=1$/)
  })

  it("have the sizes that are told of them", () => {
    const sizeOf = (row: object): number =>
      Object.values(row).reduce(
        (sum: number, value) => sum + (typeof value === "string" ? value.length : 8),
        0
      )
    // The size does not count the event time of a person, nor channel and address of a bid.
    assert.approximately(mean(persons.map(sizeOf)) - 8, 200, 3)
    assert.approximately(mean(auctions.map(sizeOf)) - 8, 500, 4)
    const bare = bids.map(({ auction, bidder, dateTime, extra, price }) =>
      sizeOf({ auction, bidder, dateTime, extra, price })
    )
    assert.approximately(mean(bare), 100, 1)
    assert.isTrue(bids.every(({ extra }) => /^[a-z]{54,81}$/.test(extra)))
  })

  it("are the same for a seed, however they are parted, and others for another", () => {
    const sizes = fc.record({
      partitions: fc.integer({ min: 1, max: 60 }),
      seed: fc.integer(),
      count: fc.integer({ min: 1, max: 1_000 })
    })
    fc.assert(
      fc.property(sizes, ({ count, partitions, seed }) => {
        const numbers = Array.from({ length: partitions }, (_, partition) => {
          const own: number[] = []
          for (let place = 0, number = 0; ; place++) {
            number = numberAt(place, partition, partitions)
            if (number >= count) return own
            own.push(number)
          }
        })
        const all = numbers.flat().toSorted((one, other) => one - other)
        assert.deepEqual(
          all,
          Array.from({ length: count }, (_, number) => number)
        )
        assert.isTrue(numbers.every((own) => own.every((number, at) => at === 0 || number > own[at - 1]!)))
        const [one, other] = [new Generator({ ...usual, seed }), new Generator({ ...usual, seed })]
        // In the opposite order: an event owes nothing to those before it.
        const backwards = all.toReversed().map((number) => other.eventAt(number))
        assert.deepEqual(
          all.map((number) => one.eventAt(number)),
          backwards.toReversed()
        )
      }),
      { numRuns: 10 }
    )
    assert.notDeepEqual(eventsOf(10, { seed: 1 }), eventsOf(10))
  })

  it("come in another order within groups, each still once", () => {
    for (const outOfOrderGroup of [10, 50, 953, 1_906]) {
      const count = outOfOrderGroup * 3
      const [ordered, disordered] = [eventsOf(count), eventsOf(count, { outOfOrderGroup })]
      assert.notDeepEqual(disordered, ordered)
      const textOf = (event: NexmarkEvent) => JSON.stringify(event)
      assert.deepEqual(disordered.map(textOf).toSorted(), ordered.map(textOf).toSorted())
      const times = disordered.map(({ row }) => row.dateTime)
      const late = times.filter((time, at) => time < Math.max(...times.slice(0, at).slice(-60)))
      assert.isAbove(late.length, outOfOrderGroup >= 953 ? 100 : -1)
    }
  })

  it("begin with the id that is asked for", () => {
    // Nexmark's source for Flink begins with 2, an auction.
    const [first] = eventsOf(1, { firstEventId: 2 })
    assert.equal(first?.is, "auction")
    assert.deepEqual(Reflect.get(first?.row ?? {}, "id"), firstId + 1)
  })

  it("are these, for ever", () => {
    assert.deepEqual(bids[0], {
      auction: 1000,
      bidder: 1001,
      price: 11908564,
      channel: "channel-9987",
      url: "https://www.nexmark.com/mts/c_gy/kuw/item.htm?query=1&channel_id=1058799616",
      dateTime: start,
      extra: "tbbecwyvhebxntnfnwfpwdyxewvdcuiyubpyodvzhdpnsjfqfgbfcjfbcmne"
    })
    const digest = createHash("sha256")
      .update(JSON.stringify(events.slice(0, 5_000)))
      .digest("hex")
    assert.equal(digest, "f79e777e1760398d5391dba0942823cf6eb0267ab783fd4461e725a8cc7c520b")
  })
})
