import { timerInput } from "@millrace/sdk/record"
import type { Feed } from "./run-context.ts"

/** Timers are no input: they do not count as records in, nor as filtered when they give nothing. */
export function isTimerFeed(feed: Feed): boolean {
  return feed.input === timerInput
}
