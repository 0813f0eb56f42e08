import { Contract, defineProcessor, defineSink, defineSource, Schema, valueState } from "@millrace/sdk"

/** What the benches of streams run on: a key, a time, a number. */
export class Event extends Contract<Event>()({
  subject: "bench.events",
  key: "key",
  schema: Schema.Struct({ key: Schema.String, at: Schema.Int, price: Schema.Int })
}) {}

/** How many events, over how many keys, and how many of them in a second of event time. */
export interface EventSequence {
  readonly count: number
  readonly keys: number
  readonly perSecond: number
}

/** Odd, and with no common factor with the numbers of keys: every key comes once before one comes again. */
const stride = 7_368_787

/** The nth event. Both sides of a join have the same keys, and prices of their own. */
export const eventOf = (n: number, { keys, perSecond }: EventSequence): Event => ({
  key: `user-${(n * stride) % keys}`,
  at: 1_700_000_000_000 + Math.floor((n * 1_000) / perSecond),
  price: (n * 31) % 10_007
})

/** Records of a batch. */
const batch = 5_000

export const events = defineSource({
  name: "events",
  output: Event,
  config: Schema.Struct({ count: Schema.Int, keys: Schema.Int, perSecond: Schema.Int }),
  position: Schema.Int,
  bounded: true,
  read: (position, { config }) => {
    const from = position ?? 0
    const to = Math.min(from + batch, config.count)
    const records = Array.from({ length: to - from }, (_, index) => {
      const value = eventOf(from + index, config)
      return { value, timestamp: value.at }
    })
    return { records, position: to, next: to < config.count ? "more" : "end" }
  }
})

/** Each a little dearer. */
export const dearer = defineProcessor({
  name: "dearer",
  input: Event,
  output: Event,
  map: ({ at, key, price }) => ({ at, key, price: price + 1 })
})

export const nowhere = defineSink({
  name: "nowhere",
  input: Event,
  write: () => ({ failed: [] })
})

export class Total extends Contract<Total>()({
  subject: "bench.totals",
  key: "key",
  schema: Schema.Struct({ key: Schema.String, count: Schema.Int })
}) {}

/** Counts by key, and says it once, when a key has had all its events. */
export const counts = defineProcessor({
  name: "counts",
  input: Event,
  output: Total,
  keyBy: "key",
  config: Schema.Struct({ perKey: Schema.Int }),
  uses: { count: valueState(Schema.Int, { initial: 0 }) },
  process: ({ key }, { config, count }) => {
    const now = count.get() + 1
    count.set(now)
    return now === config.perKey ? [Total.make({ key, count: now })] : []
  }
})
