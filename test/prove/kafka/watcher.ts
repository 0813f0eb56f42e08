import type { ReadRecord } from "./topic-reader.ts"
import { placeOf, TopicReader } from "./topic-reader.ts"

/**
 * Reads the output while it is written, as an application would. What it got at an offset stays so: whoever reads it later, or again,
 * must get the same.
 */
export class Watcher {
  readonly #seen = new Map<string, string>()
  readonly faults: string[] = []
  #reader: TopicReader | undefined

  /** Values that were seen. */
  get count(): number {
    return this.#seen.size
  }

  async open(options: {
    readonly brokers: readonly string[]
    readonly topic: string
    readonly group: string
  }) {
    this.#reader = await TopicReader.open({ ...options, take: (records) => this.take(records) })
  }

  async close(): Promise<void> {
    await this.#reader?.close()
  }

  /** What is wrong where what was seen is not what is there. */
  compare(final: ReadonlyMap<string, string>): readonly string[] {
    const faults = [...this.faults]
    for (const [place, value] of this.#seen)
      if (final.get(place) !== value)
        faults.push(`readers: at ${place} one saw ${hex(value)}, a later one ${hex(final.get(place))}`)
    return faults
  }

  take(records: readonly ReadRecord[]): void {
    for (const record of records) {
      if (record.value === null) continue
      const place = placeOf(record)
      const value = Buffer.from(record.value).toString("latin1")
      const before = this.#seen.get(place)
      if (before !== undefined && before !== value)
        this.faults.push(`readers: at ${place} one saw ${hex(before)}, and then ${hex(value)}`)
      this.#seen.set(place, value)
    }
  }
}

const hex = (bytes: string | undefined): string =>
  bytes === undefined ? "nothing" : Buffer.from(bytes, "latin1").toString("hex")
