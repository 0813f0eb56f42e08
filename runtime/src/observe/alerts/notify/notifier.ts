import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Schedule from "effect/Schedule"
import { type AlertTimes, scaledSeconds } from "../../rules/scale.ts"
import type { Notice } from "./groups.ts"
import { type NotifySettings, receiversOf } from "./notify-settings.ts"
import { sendNotice } from "./send-notice.ts"

/** Tells notices to their receivers, in the background. */
export interface Notifier {
  readonly tell: (notice: Notice) => Effect.Effect<void>
}

export interface NotifierOptions {
  readonly settings: NotifySettings
  readonly times: AlertTimes
  /** Of the platform. */
  readonly url: () => string
}

/** Waits double, from a second to a minute; with so many of them a receiver may be away for a quarter of an hour. */
const firstRetrySeconds = 1
const longestRetrySeconds = 60
const retries = 20

/**
 * Each receiver of a group is told by itself, again and again until it takes the notice, refuses it for good or is told the next one
 * of its group: that one says all that matters. Ends with the scope.
 */
export const makeNotifier = Effect.fnUntraced(function* ({ settings, times, url }: NotifierOptions) {
  const fibers = yield* FiberMap.make<string>()
  const millis = (seconds: number) => `${Math.max(10, 1_000 * scaledSeconds(times, seconds))} millis` as const
  const backoff = Schedule.min([
    Schedule.exponential(millis(firstRetrySeconds)),
    Schedule.spaced(millis(longestRetrySeconds))
  ])
  const tell = Effect.fnUntraced(function* (notice: Notice) {
    for (const [index, receiver] of receiversOf(settings, notice.owner).entries()) {
      const told = sendNotice(receiver, notice, { smtp: settings.smtp, url: url() }).pipe(
        Effect.retry({ schedule: backoff, times: retries, while: ({ permanent }) => !permanent }),
        Effect.catch(({ by, message }) =>
          Effect.logError(`alerts of ${notice.owner || "nobody"} could not be told by ${by}: ${message}`)
        )
      )
      yield* FiberMap.run(fibers, `${notice.key} ${index}`, told)
    }
  })
  return { tell } satisfies Notifier
})
