import { setTimeout as delay } from "node:timers/promises"
import { KafkaError } from "./kafka-error.ts"

const unknownTopic = "UNKNOWN_TOPIC_OR_PARTITION"
const firstPauseMs = 20
const longestPauseMs = 1_000

/** How long it is waited between attempts, all pauses together. */
export interface Retrying {
  readonly budgetMs: number
}

/** A topic that is not there may have been made a moment ago; waiting longer would hide that it is missing. */
const newTopicMs = 5_000

/** Whether a request may be sent once more. INVARIANT: a write of which it is not known whether it was carried out is not. */
export const isWorthAnother = (cause: unknown): cause is KafkaError =>
  cause instanceof KafkaError && cause.retriable && !cause.indefinite

/**
 * Runs an attempt until it goes well, fails for good, or the pauses between have used up the budget; pauses grow to a second.
 * `before`: what is to be learnt anew before the next attempt.
 */
export async function retrying<A>(
  { budgetMs }: Retrying,
  attempt: () => Promise<A>,
  before: (cause: KafkaError) => Promise<void> | void
): Promise<A> {
  let spentMs = 0
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      return await attempt()
    } catch (cause) {
      const enoughMs = cause instanceof KafkaError && cause.kind === unknownTopic ? newTopicMs : budgetMs
      if (!isWorthAnother(cause) || spentMs >= Math.min(enoughMs, budgetMs)) throw cause
      await before(cause)
    }
    await delay(pauseMs)
    spentMs += pauseMs
  }
}
