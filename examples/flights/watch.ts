import { RecordPage, TopicView } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import type { Watched } from "../example.ts"
import { AirportTotals } from "./airport-totals.ts"

const pollMs = 250
const pageRecords = 1_000
/** Late flights that are shown of each look; the others are counted. */
const shownAtOnce = 4

const decodeTopics = Schema.decodeUnknownSync(Schema.Array(TopicView))
const decodePage = Schema.decodeUnknownSync(RecordPage)
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
  say("")
  for (const line of totals.lines(10)) say(line)
}

const timeText = (time: number): string => new Date(time).toISOString().slice(0, 16).replace("T", " ")

/** Reads a topic on, all its partitions. */
class Follower {
  private readonly url: string
  private readonly topic: string
  /** Next offset by partition; undefined while there is no such topic. */
  private next: Map<number, string> | undefined

  private constructor(url: string, topic: string) {
    this.url = url
    this.topic = topic
  }

  /** What comes from now on. */
  static async fromNow(url: string, topic: string): Promise<Follower> {
    const follower = new Follower(url, topic)
    const ends = await follower.ends()
    follower.next = ends === undefined ? undefined : new Map(ends.map((end, partition) => [partition, end]))
    return follower
  }

  /** Values that came since. */
  async more(): Promise<readonly unknown[]> {
    this.next ??= new Map((await this.ends())?.map((_, partition) => [partition, "0"]))
    const values: unknown[] = []
    for (const [partition, from] of this.next) {
      let at = from
      for (let count = pageRecords; count === pageRecords;) {
        const page = await this.page(partition, at)
        count = page.records.length
        at = page.next[String(partition)] ?? at
        values.push(...page.records.flatMap(({ control, value }) => (control === undefined ? [value] : [])))
      }
      this.next.set(partition, at)
    }
    if (this.next.size === 0) this.next = undefined
    return values
  }

  private async ends(): Promise<readonly string[] | undefined> {
    const topics = decodeTopics(await (await fetch(`${this.url}/api/topics`)).json())
    return topics.find(({ name }) => name === this.topic)?.ends
  }

  private async page(partition: number, from: string): Promise<RecordPage> {
    const query = `partition=${partition}&from=${from}&limit=${pageRecords}`
    const answer = await fetch(`${this.url}/api/topics/${this.topic}/records?${query}`)
    if (!answer.ok) throw new Error(`${this.topic} cannot be read: ${await answer.text()}`)
    return decodePage(await answer.json())
  }
}
