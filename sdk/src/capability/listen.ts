import * as Schema from "effect/Schema"
import type { Permission } from "../permission/permission.ts"
import { Duration } from "../plugin/duration.ts"
import type { Capability } from "./capability.ts"
import { type HostEffect, hostRequest } from "./host-request.ts"
import { type Arrived, InboxReader } from "./inbox-reader.ts"

export type { Arrived, InboxEvent, Unresolved } from "./inbox-reader.ts"

/** How much one {@link Inbox.take} may answer; it answers one event at least where there is one. */
export interface TakeBudget {
  readonly maxRecords: number
  readonly maxBytes: number
}

/**
 * What was posted to the node's address, in the order in which it was made durable. The worker has checked each event by the
 * contract of the node's output, has given it its place in the log, and has answered the sender; no id comes twice.
 *
 * Host request `take`, payload `{ after, maxRecords, maxBytes, schemas }`: `after` a place or null, `schemas` the hashes (hex)
 * of the writer schemas that the guest has. Answers `{ next, more, contract, schema }` and one batch frame (docs/formats/ingest.md,
 * "Inbox") as bytes, none when there is nothing: `schema` is the frame's writer schema where it was not among those, `contract`
 * the node's own on the first asking. Error codes: `PERMISSION_DENIED`, `PLACE_INVALID`, `UNAVAILABLE`.
 */
export interface Inbox {
  /** The events after a place that an earlier call answered; without one, from the first. */
  take(after: string | undefined, budget: TakeBudget): HostEffect<Arrived>
}

/**
 * The settings of the address, which the plugin's config has under these names: the worker, which answers senders, reads them
 * there. Spread it into the config's struct.
 */
export const inboxConfig = {
  eventId: Schema.String.annotate({
    description: "Field with the event's id, a string: an id that was taken in is not taken in again"
  }),
  eventTime: Schema.optionalKey(
    Schema.String.annotate({ description: "Field with the event time, a timestamp; default: when it came" })
  ),
  retention: Schema.optionalKey(
    Duration({ description: "How long an event's id is known after it was taken in; default: 24h" })
  ),
  maxAhead: Schema.optionalKey(
    Duration({ description: "An event time further ahead of the worker's clock is refused; default: 1h" })
  ),
  backlog: Schema.optionalKey(
    Schema.Int.annotate({
      description: "Events that may wait to be read; more are refused until some are. Default: 1000000"
    })
  ),
  origins: Schema.optionalKey(
    Schema.Array(Schema.String).annotate({
      description: "Sites whose pages may send events, like https://shop.example; default: none"
    })
  )
}

/**
 * What is posted to `/ingest/PIPELINE/NODE`, for a source. Its config has {@link inboxConfig}; `origins` there is part of what an
 * operator grants. A source that listens is read again as soon as something has come.
 */
export const listen = (): Capability<Inbox> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: [{ kind: "listen", origins: { config: "/origins" } } satisfies Permission],
    make: (host, handle) => {
      const reader = new InboxReader()
      return {
        take: (after, { maxBytes, maxRecords }) =>
          hostRequest(host, {
            handle,
            operation: "take",
            payload: { after: after ?? null, maxRecords, maxBytes, schemas: reader.known() },
            answer: (result, bytes) => reader.read(result, bytes)
          })
      }
    }
  }
})
