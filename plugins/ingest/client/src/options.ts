import type { Surroundings } from "./surroundings.ts"

/** An event as it is tracked: the client fills in what is left out of `Filled`. */
export type Draft<Event, Filled extends keyof Event> = Omit<Event, Filled> & Partial<Pick<Event, Filled>>

/** An event that will not arrive. */
export interface LostEvent<Event> {
  readonly event: Event
  /** `rejected`: the platform, or the contract when it came, refused it · `dropped`: the buffer was full · `unsent`: closed before. */
  readonly why: "rejected" | "dropped" | "unsent"
  /** `EVENT_INVALID`, `EVENT_TIME_AHEAD`, … of the platform; `BUFFER_FULL`; `CLIENT_CLOSED`. */
  readonly code: string
  /** JSON pointer to what is wrong with it. */
  readonly pointer: string
  readonly message: string
}

export interface ClientOptions<Event> {
  /** The address: `https://millrace.example.com/ingest/PIPELINE/NODE`. */
  readonly url: string
  /** A token with the scope `ingest:PIPELINE`, and no other: it is no secret in a page. A function is asked for each request. */
  readonly token: string | (() => string | Promise<string>)
  /** The contract as an Avro schema in JSON form; default: asked of the address before the first request. */
  readonly schema?: unknown
  /** Field with the event's id, as the source's `eventId` names it; default `id`. Left out of an event: a random UUID. */
  readonly eventId?: string
  /** Field with the event time, a timestamp-millis. Left out of an event: the time of the call. Default: none is filled in. */
  readonly eventTime?: string
  readonly batch?: {
    /** Default 500; at most 10,000. */
    readonly maxEvents?: number
    /** Of JSON; default 256 KiB, at most 4 MiB. */
    readonly maxBytes?: number
    /** An event waits so long for others, ms; default 1,000. */
    readonly maxDelayMs?: number
  }
  readonly buffer?: {
    /** Default 10,000. */
    readonly maxEvents?: number
    /** Of JSON; default 8 MiB. */
    readonly maxBytes?: number
    /** Default `throw`: a `BufferFullError`. The others tell `onLost` which event went. */
    readonly whenFull?: "throw" | "drop-oldest" | "drop-newest"
  }
  readonly retry?: {
    /** Before the second try, ms; it doubles from try to try, and half of it is random. Default 500. */
    readonly minMs?: number
    /** Default 30,000. Retry-After of a reply is kept to, also beyond it. */
    readonly maxMs?: number
  }
  /** A request without an answer is given up after, ms; default 30,000. */
  readonly timeoutMs?: number
  /** Called for every event that will not arrive. Default: nothing. */
  readonly onLost?: (lost: LostEvent<Event>) => void
  /** Called when a request failed and will be sent again: a message without the token and without events. Default: nothing. */
  readonly onRetry?: (problem: { readonly message: string; readonly afterMs: number }) => void
  /** Replaces what a browser or Node gives; for tests. */
  readonly surroundings?: Partial<Surroundings>
}
