import { clientRefusals } from "./error-kinds.ts"
import type { Outage } from "./kafka-client.ts"
import { KafkaError } from "./kafka-error.ts"

/** Nothing that is asked waits so long where brokers answer, but for a group's join. */
const silentAfterMs = 5_000

/** By these names of errors it is seen that nobody answers, or answers us; whatever else a broker says, it speaks. */
const silences = new Set([
  "CONNECTION_REFUSED",
  "CONNECTION_LOST",
  "NO_ANSWER",
  "AUTHENTICATION_FAILED",
  "TLS_FAILED",
  "TOKEN_REFUSED",
  "TOKEN_UNAVAILABLE",
  "BROKER_TOO_OLD",
  "MALFORMED_ANSWER"
])

/** By these it answers, and does not let us in. */
const refusals = new Set<string>([clientRefusals.authentication, clientRefusals.token])

/** A broker that goes is no outage where another has its place at once. */
const noticedAfterMs = 1_000

/**
 * Whether the cluster answers, as far as those have noticed who ask it something: one broker that does is enough. Who asks nothing
 * learns nothing: a cluster that nobody asked is taken to be there.
 */
export class Reach {
  /** What was asked and waits, the oldest first; times are of the clock. */
  readonly #waiting = new Set<{ readonly since: number; readonly asked: string }>()
  readonly #now: () => number
  #answeredAt: number
  /** Since a broker answered: when the first was asked who failed, and how the last did. */
  #failing: { readonly since: number; readonly message: string; readonly isRefused: boolean } | undefined

  /** `now`: milliseconds of a clock that only goes on. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#answeredAt = now()
  }

  /** Notes what becomes of a request. */
  async watched<A>(asked: string, answer: Promise<A>): Promise<A> {
    const entry = { since: this.#now(), asked }
    this.#waiting.add(entry)
    try {
      const found = await answer
      this.#heard()
      return found
    } catch (cause) {
      if (cause instanceof KafkaError && silences.has(cause.kind))
        this.#failing = {
          since: this.#failing?.since ?? Math.max(entry.since, this.#answeredAt),
          message: cause.message,
          isRefused: refusals.has(cause.kind)
        }
      else if (cause instanceof KafkaError && cause.kind !== "CLIENT_CLOSED") this.#heard()
      throw cause
    } finally {
      this.#waiting.delete(entry)
    }
  }

  /** For how long nobody answers, and what the last said who tried. Undefined while somebody does. */
  get outage(): Outage | undefined {
    const now = this.#now()
    if (this.#failing !== undefined) {
      const silentMs = now - this.#failing.since
      const { isRefused, message } = this.#failing
      return silentMs < noticedAfterMs ? undefined : { silentMs, message, isRefused }
    }
    const [oldest] = this.#waiting
    const silentMs = now - Math.max(this.#answeredAt, oldest?.since ?? now)
    if (oldest === undefined || silentMs < silentAfterMs) return undefined
    return { silentMs, message: `${oldest.asked}: there is no answer yet`, isRefused: false }
  }

  #heard(): void {
    this.#answeredAt = this.#now()
    this.#failing = undefined
  }
}
