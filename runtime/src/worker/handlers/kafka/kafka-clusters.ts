import type { KafkaClient } from "../../../transport/kafka/client/kafka-client.ts"
import type { KafkaClientOptions } from "../../../transport/kafka/client/open-client.ts"

/** A client that nobody has asked for so long is closed. */
const idleMs = 300_000
const lookMs = 60_000

interface Open {
  readonly client: Promise<KafkaClient>
  usedAt: number
}

/** Clients of the clusters that plugins reach: one for all who come with the same brokers and credentials. */
export class KafkaClusters {
  readonly #open: (options: KafkaClientOptions) => Promise<KafkaClient>
  readonly #clients = new Map<string, Open>()
  readonly #look: NodeJS.Timeout

  constructor(open: (options: KafkaClientOptions) => Promise<KafkaClient>) {
    this.#open = open
    this.#look = setInterval(() => this.#closeIdle(), lookMs).unref()
  }

  /** Connects to nothing yet. A secret that has another value now has another client. */
  client(options: KafkaClientOptions): Promise<KafkaClient> {
    const key = JSON.stringify(options)
    const known = this.#clients.get(key)
    if (known !== undefined) {
      known.usedAt = Date.now()
      return known.client
    }
    const client = this.#open(options)
    this.#clients.set(key, { client, usedAt: Date.now() })
    client.catch(() => this.#clients.delete(key))
    return client
  }

  async close(): Promise<void> {
    clearInterval(this.#look)
    const all = [...this.#clients.values()]
    this.#clients.clear()
    await Promise.allSettled(all.map(async ({ client }) => (await client).close()))
  }

  #closeIdle(): void {
    for (const [key, { client, usedAt }] of this.#clients) {
      if (Date.now() - usedAt < idleMs) continue
      this.#clients.delete(key)
      void client.then((open) => open.close())
    }
  }
}
