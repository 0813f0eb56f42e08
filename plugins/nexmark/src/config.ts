import { Schema } from "@millrace/sdk"

const whole = (minimum: number, maximum: number, description: string) =>
  Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum, maximum })).annotate({ description }))

/** What all four sources are told. */
export const Config = Schema.Struct({
  events: whole(
    0,
    2 ** 45,
    "How many events there are, persons, auctions and bids together; default: 100000000"
  ),
  endless: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "There is no last event; default: false" })
  ),
  eventsPerSecond: whole(1, 1_000_000_000, "Of event time; default: 10000"),
  start: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/)).annotate({
      description: "Event time of the first event; default: 2015-07-15T00:00:00Z"
    })
  ),
  firstEventId: whole(0, 2 ** 45, "Id of the first event; default: 0"),
  seed: whole(-(2 ** 31), 2 ** 31 - 1, "Another seed is other events; default: 0"),
  outOfOrderGroup: whole(
    1,
    500_000,
    "Events of so many in a row come in another order; default: 1, which is none"
  ),
  partitions: whole(1, 1_024, "Source partitions, which share the events; default: 1"),
  pace: whole(
    0,
    1_000_000_000,
    "Events of a second of the clock, from when the source is first read; default: 0, as fast as they are taken"
  ),
  batch: whole(1, 1_000_000, "Events of a read at most; default: as many as the runtime takes")
})
export type Config = typeof Config.Type

/** Where a read goes on. */
export const Position = Schema.Struct({
  /** How many events of the partition were passed. */
  place: Schema.Int,
  /** When it was first read, ms since 1970: the moment of the first event, where events have a pace; else 0. */
  since: Schema.Int
})
export type Position = typeof Position.Type

/** The config with its defaults. */
export const settingsOf = (config: Config) => {
  const {
    batch = Infinity,
    endless = false,
    events = 100_000_000,
    eventsPerSecond = 10_000,
    firstEventId = 0,
    outOfOrderGroup = 1,
    pace = 0,
    partitions = 1,
    seed = 0,
    start = "2015-07-15T00:00:00Z"
  } = config
  const timeLine = { firstEventId, eventsPerSecond, outOfOrderGroup, start: Date.parse(start) }
  return { generator: { ...timeLine, seed }, events: endless ? Infinity : events, batch, pace, partitions }
}
export type Settings = ReturnType<typeof settingsOf>
