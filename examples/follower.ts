import { RecordPage, TopicView } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"

const pageRecords = 1_000

const decodeTopics = Schema.decodeUnknownSync(Schema.Array(TopicView))
const decodePage = Schema.decodeUnknownSync(RecordPage)

/** Reads a topic on, all its partitions. */
export class Follower {
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
