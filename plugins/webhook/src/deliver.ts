import { type FailedRecord, type HttpError, type HttpResponse, Schema } from "@millrace/sdk"
import * as Effect from "effect/Effect"
import type { Settings } from "./config.ts"
import type { Outgoing } from "./outgoing.ts"
import { judge, type Verdict } from "./reply.ts"
import { type Lane, requestOf, type WebhookRequest } from "./requests.ts"

/** Every attempt failed. The platform begins the batch again after a pause, for as long as it takes. */
export class ReceiverUnavailableError extends Schema.TaggedError<ReceiverUnavailableError>()(
  "ReceiverUnavailableError",
  { transient: Schema.Literal(true), message: Schema.String }
) {}

/** The receiver does not take requests like these at all: the node's config, its grant or its secret is wrong. */
export class ReceiverRefusedError extends Schema.TaggedError<ReceiverRefusedError>()("ReceiverRefusedError", {
  message: Schema.String
}) {}

/** Sends one request, its attempts included. */
export type Send = (request: WebhookRequest) => Effect.Effect<HttpResponse, HttpError>

/** What could not be done in all: both end the batch. */
export type DeliveryError = ReceiverUnavailableError | ReceiverRefusedError

/** Sends lanes at the same time, and the requests of each in order. Answers the records that will never be taken. */
export const deliver = (
  lanes: readonly Lane[],
  settings: Settings,
  send: Send
): Effect.Effect<readonly FailedRecord[], DeliveryError> => {
  const one = (lane: Lane) =>
    Effect.map(
      Effect.forEach(lane, (records) => deliverRequest({ settings, send }, records, 1)),
      (failed) => failed.flat()
    )
  return Effect.map(Effect.forEach(lanes, one, { concurrency: "unbounded" }), (failed) => failed.flat())
}

interface Way {
  readonly settings: Settings
  readonly send: Send
}
type Failed = readonly FailedRecord[]

const deliverRequest = (
  way: Way,
  records: readonly Outgoing[],
  attempt: number
): Effect.Effect<Failed, DeliveryError> =>
  way.send(requestOf(records, way.settings)).pipe(
    Effect.map((reply) => judge(reply, records.length, way.settings)),
    Effect.catchTag("HttpError", (error) => Effect.succeed(verdictOf(error))),
    Effect.flatMap((verdict) => settle(way, records, verdict, attempt))
  )

const settle = (
  way: Way,
  records: readonly Outgoing[],
  verdict: Verdict,
  attempt: number
): Effect.Effect<Failed, DeliveryError> => {
  switch (verdict.is) {
    case "taken":
      return settlePartly(way, records, verdict, attempt)
    case "unavailable":
      return giveUp(way, records, verdict.reason)
    case "refused":
      return refuse(way, records, verdict.reason)
    case "misdirected":
      return Effect.fail(new ReceiverRefusedError({ message: verdict.reason }))
  }
}

/** The records at fault are found by halves: so others of their request are not lost with them. */
const refuse = (way: Way, records: readonly Outgoing[], reason: string) => {
  if (records.length <= 1 || way.settings.refused === "dead-letter") {
    return Effect.succeed(allFailed(records, reason))
  }
  const middle = Math.ceil(records.length / 2)
  return Effect.flatMap(deliverRequest(way, records.slice(0, middle), 1), (first) =>
    Effect.map(deliverRequest(way, records.slice(middle), 1), (second) => [...first, ...second])
  )
}

/** Sends again what the receiver may still take of a request that it took in part. */
const settlePartly = (
  way: Way,
  records: readonly Outgoing[],
  { except }: Extract<Verdict, { readonly is: "taken" }>,
  attempt: number
): Effect.Effect<Failed, DeliveryError> => {
  const named = new Map(except.map((one) => [one.index, one]))
  const failed = records.flatMap(({ index }, place): Failed => {
    const one = named.get(place)
    return one === undefined || one.isRetryable ? [] : [{ index, reason: one.reason }]
  })
  const again = records.filter((_, place) => named.get(place)?.isRetryable === true)
  if (again.length === 0) return Effect.succeed(failed)
  const { attempts } = way.settings
  const rest =
    attempt >= attempts
      ? giveUp(way, again, `the receiver did not take ${again.length} records in ${attempts} attempts`)
      : Effect.andThen(Effect.sleep(pauseMs(way.settings, attempt)), deliverRequest(way, again, attempt + 1))
  return Effect.map(rest, (later) => [...failed, ...later])
}

/** Within a call a guest may wait for little: what takes longer is the platform's to begin again. */
const mostPauseMs = 1_000
const pauseMs = ({ backoffMs }: Settings, attempt: number): number =>
  Math.min(backoffMs * 2 ** (attempt - 1), mostPauseMs)

const giveUp = (
  { settings }: Way,
  records: readonly Outgoing[],
  reason: string
): Effect.Effect<Failed, DeliveryError> =>
  settings.exhausted === "dead-letter"
    ? Effect.succeed(allFailed(records, reason))
    : Effect.fail(new ReceiverUnavailableError({ transient: true, message: reason }))

const allFailed = (records: readonly Outgoing[], reason: string): Failed =>
  records.map(({ index }) => ({ index, reason }))

/** Nothing was answered. What was not granted, or cannot be asked, stays so. */
const verdictOf = ({ code, message, transient }: HttpError): Verdict => ({
  is: transient ? "unavailable" : "misdirected",
  reason: `${code}: ${message}`
})
