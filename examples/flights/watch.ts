import * as Schema from "effect/Schema"
import type { Watched } from "../example.ts"
import { Follower } from "../follower.ts"
import { AirportTotals } from "./airport-totals.ts"

const pollMs = 250
/** Late flights that are shown of each look; the others are counted. */
const shownAtOnce = 4

const decodeLate = Schema.decodeUnknownSync(
  Schema.Struct({
    date: Schema.Number,
    origin: Schema.String,
    destination: Schema.String,
    why: Schema.String
  })
)
const decodeHour = Schema.decodeUnknownSync(
  Schema.Struct({
    airport: Schema.String,
    city: Schema.String,
    flights: Schema.Number,
    share: Schema.Number,
    meanDelay: Schema.Number
  })
)

/** Shows which flights were late and why, as they come, and at the end how punctual the great airports are. */
export const watchFlights = async (platform: Watched): Promise<() => Promise<void>> => {
  const late = await Follower.fromNow(platform.url, "us.late-flights")
  const hours = await Follower.fromNow(platform.url, "us.airport-hours")
  return () => show(late, hours, platform)
}

const show = async (late: Follower, hours: Follower, { hasEnded, say }: Watched): Promise<void> => {
  const totals = new AirportTotals()
  for (let isLast = false; !isLast;) {
    // Asked before the topics are read: what is there when the pipelines have ended is read once more.
    isLast = hasEnded()
    const flights = (await late.more()).map((value) => decodeLate(value))
    for (const { date, destination, origin, why } of flights.slice(0, shownAtOnce))
      say(`late: ${origin} to ${destination}, left ${timeText(date)}: ${why}`)
    if (flights.length > shownAtOnce) say(`late: and ${flights.length - shownAtOnce} others`)
    for (const value of await hours.more()) totals.add(decodeHour(value))
    if (!isLast) await new Promise((done) => setTimeout(done, pollMs))
  }
  for (const line of totals.lines(10)) say(line)
}

const timeText = (time: number): string => new Date(time).toISOString().slice(0, 16).replace("T", " ")
