import { type ApiError, apiError } from "@millrace/sdk/api"
import { authenticate, bearer, type Caller } from "@millrace/registry/server"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Context } from "hono"
import { PipelineStore } from "../../../controller/store.ts"
import { readStoredPlan } from "../../../controller/stored.ts"
import { storeFailed } from "../../../controller/store-failed.ts"
import { maxEventBytes } from "../../../worker/inbox/event-check.ts"
import type { Inbox, InboxRefusal } from "../../../worker/inbox/inbox.ts"
import { listeningNodes } from "../../../worker/inbox/inbox-settings.ts"
import type { Inboxes } from "../../../worker/inbox/inboxes.ts"
import { ingestReply, resultsOf } from "./ingest-reply.ts"
import { maxBodyBytes, maxEvents, maxInFlightBytes, requestsPerSecond } from "./limits.ts"
import type { RateLimit } from "./rate-limit.ts"
import { announcedBytes, readBody } from "./read-body.ts"
import { type BodyType, bodyTypes, readEvents } from "./read-events.ts"

/** What all requests share. */
export interface Ingest {
  readonly inboxes: Inboxes
  readonly rates: RateLimit
  /** Bytes of bodies that are read or checked now. */
  inFlightBytes: number
}

/** Answers when every event that fits is durable. */
export const takeEvents = Effect.fn("takeEvents")(function* (ingest: Ingest, context: Context) {
  const caller = yield* callerOf(context)
  const inbox = yield* inboxOf(ingest.inboxes, context)
  yield* withinRate(ingest, caller)
  const type = yield* bodyTypeOf(context)
  const checked = yield* withinMemory(
    ingest,
    announcedBytes(context),
    Effect.flatMap(readBody(context), (body) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => readEvents(inbox, type, body, now))
    )
  )
  const entries = checked.flatMap((one) => ("entry" in one ? [one.entry] : []))
  const isNew = entries.length === 0 ? [] : yield* Effect.mapError(inbox.accept(entries), refused(inbox))
  const results = resultsOf(checked, isNew)
  inbox.counted(results.map(({ status }) => status))
  return ingestReply(results)
})

/** What a sender needs to know to send what fits. */
export const showContract = Effect.fn("showContract")(function* (ingest: Ingest, context: Context) {
  yield* callerOf(context)
  const { check, schema, settings } = yield* inboxOf(ingest.inboxes, context)
  const { eventId, eventTime, node, pipeline } = settings
  const limits = { maxBodyBytes, maxEvents, maxEventBytes }
  const contract: unknown = JSON.parse(schema)
  const times = eventTime === undefined ? {} : { eventTime }
  return Response.json({
    pipeline,
    node,
    eventId,
    ...times,
    fingerprint: check.fingerprint,
    schema: contract,
    limits
  })
})

const pipelineOf = (context: Context): string => context.req.param("pipeline") ?? ""
const nodeOf = (context: Context): string => context.req.param("node") ?? ""

/** A token is asked for from this machine too: any program of it could send else. */
const callerOf = (context: Context) =>
  authenticate({
    access: "ingest",
    resource: pipelineOf(context),
    token: bearer(context),
    isLocal: false
  })

const retryAfterSeconds = 1
/** A backlog is not read within a second. */
const retryFullAfterSeconds = 5

/** An inbox that is not open may be one that will be: then its senders wait. */
const inboxOf = Effect.fnUntraced(function* (inboxes: Inboxes, context: Context) {
  const [pipeline, node] = [pipelineOf(context), nodeOf(context)]
  const open = inboxes.find(pipeline, node)
  if (open !== undefined) return open
  const store = yield* PipelineStore
  const stored = yield* Effect.mapError(store.get(pipeline), storeFailed)
  if (stored === undefined || stored.desired === "deleted")
    return yield* apiError("INBOX_UNKNOWN", { pipeline, node })
  const { physical } = yield* readStoredPlan(stored)
  return yield* listeningNodes(physical).some((one) => one.node === node)
    ? apiError("INBOX_NOT_READY", { pipeline, node, retryAfterSeconds })
    : apiError("INBOX_UNKNOWN", { pipeline, node })
})

const withinRate = Effect.fnUntraced(function* ({ rates }: Ingest, { name, tokenId }: Caller) {
  if (rates.take(tokenId ?? 0, yield* Clock.currentTimeMillis)) return
  return yield* apiError("INGEST_RATE", { token: name, limit: requestsPerSecond, retryAfterSeconds })
})

const bodyTypeOf = (context: Context): Effect.Effect<BodyType, ApiError> => {
  const given = (context.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase()
  const type = bodyTypes.find((known) => known === given)
  return type === undefined
    ? Effect.fail(apiError("CONTENT_TYPE_UNSUPPORTED", { expected: bodyTypes.join(" or ") }))
    : Effect.succeed(type)
}

/** INVARIANT: bodies in hand take no more than the limit, whoever sends, and however many. */
const withinMemory = <A, E, R>(ingest: Ingest, bytes: number, work: Effect.Effect<A, E, R>) =>
  Effect.suspend((): Effect.Effect<A, E | ApiError, R> => {
    const reserved = Math.min(bytes, maxBodyBytes)
    if (ingest.inFlightBytes + reserved > maxInFlightBytes)
      return Effect.fail(apiError("INGEST_BUSY", { retryAfterSeconds }))
    ingest.inFlightBytes += reserved
    return Effect.ensuring(
      work,
      Effect.sync(() => (ingest.inFlightBytes -= reserved))
    )
  })

const refused =
  ({ settings }: Inbox) =>
  ({ reason, waiting }: InboxRefusal): ApiError => {
    const { node, pipeline } = settings
    switch (reason) {
      case "full":
        return apiError("INBOX_FULL", { pipeline, node, waiting, retryAfterSeconds: retryFullAfterSeconds })
      case "busy":
        return apiError("INGEST_BUSY", { retryAfterSeconds })
      case "closed":
        return apiError("INBOX_NOT_READY", { pipeline, node, retryAfterSeconds })
      case "failed":
        return apiError("LOG_FAILED", { reason: "the events could not be made durable" })
    }
  }
