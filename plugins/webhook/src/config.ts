import { Schema } from "@millrace/sdk"

const defaultMaxRecords = 100
const defaultMaxBytes = 1024 * 1024
/** A host request may carry so much. */
const mostBytes = 4 * 1024 * 1024
const defaultMaxInFlight = 4
/** A host answers at most 1,024 requests at one time, and a partition must leave some to others. */
const mostInFlight = 64

const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const Pointer = Schema.String.check(
  Schema.isPattern(/^(?:\/(?:[^~/]|~[01])*)*$/, { description: 'a JSON pointer, like "/errors"' })
)
const Status = whole(300, 599)

const HeaderName = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9-]+$/))
const SecretName = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9._-]{1,200}$/))

const Partial = Schema.Struct({
  failed: Pointer.annotate({ description: "The list of records that failed, in a reply of 2xx" }),
  index: Schema.optionalKey(
    Pointer.annotate({
      description:
        "In an item: which record of the request, from 0; default: /index, or the item is the number"
    })
  ),
  reason: Schema.optionalKey(Pointer.annotate({ description: "In an item: why; default: /reason" })),
  retry: Schema.optionalKey(
    Pointer.annotate({ description: "In an item: true where it may be sent again; default: /retry" })
  )
})

const Retry = Schema.Struct({
  attempts: Schema.optionalKey(whole(1, 10).annotate({ description: "Sent so often at most; default: 4" })),
  backoffMs: Schema.optionalKey(
    whole(1, 60_000).annotate({ description: "Before the second attempt; doubles from there; default: 250" })
  ),
  statuses: Schema.optionalKey(
    Schema.Array(Status).annotate({
      description: "Worth another attempt; default: 408, 425, 429, 500, 502, 503, 504"
    })
  )
})

const Auth = Schema.Struct({
  secret: SecretName.annotate({ description: "The secret to send" }),
  header: Schema.optionalKey(
    HeaderName.annotate({
      description: "The header that takes it as it is; default: Authorization: Bearer …"
    })
  )
})

const Sign = Schema.Struct({
  secret: SecretName.annotate({ description: "The key of an HMAC-SHA-256 of the body" }),
  header: Schema.optionalKey(
    HeaderName.annotate({
      description: "Takes sha256= and the signature's hexadecimal digits; default: X-Signature-256"
    })
  ),
  timestampHeader: Schema.optionalKey(
    HeaderName.annotate({
      description: "Takes the seconds since 1970; what is signed is then these, a dot and the body"
    })
  )
})

export const Config = Schema.Struct({
  url: Schema.String.annotate({ description: "Where requests go: what an operator grants" }),
  path: Schema.optionalKey(
    Schema.String.annotate({
      description: "Added to url; {field} is a field's value, {$key} the record's key; needs batch: record"
    })
  ),
  method: Schema.optionalKey(
    Schema.Literals(["POST", "PUT", "PATCH"]).annotate({ description: "default: POST" })
  ),
  headers: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.String).annotate({ description: "Sent with every request" })
  ),
  auth: Schema.optionalKey(
    Auth.annotate({ description: "A secret that requests go with; the plugin never sees it" })
  ),
  sign: Schema.optionalKey(
    Sign.annotate({ description: "Signs requests with a secret; the plugin never sees it" })
  ),
  batch: Schema.optionalKey(
    Schema.Literals(["record", "array", "ndjson"]).annotate({
      description: "One request per record (default), or for many: a JSON array, or a JSON value a line"
    })
  ),
  body: Schema.optionalKey(
    Schema.Literals(["value", "envelope"]).annotate({
      description: "A record is its value (default), or { id, key, timestamp, value }"
    })
  ),
  maxRecords: Schema.optionalKey(
    whole(1, 10_000).annotate({ description: "Of one request of array or ndjson; default: 100" })
  ),
  maxBytes: Schema.optionalKey(
    whole(2, mostBytes).annotate({ description: "Of one request's body; default: 1 MiB" })
  ),
  maxInFlight: Schema.optionalKey(
    whole(1, mostInFlight).annotate({
      description:
        "Requests of one partition at one time; those of one key go one after the other; default: 4"
    })
  ),
  timeoutMs: Schema.optionalKey(
    whole(1, 60_000).annotate({ description: "Of one attempt; default: 10,000" })
  ),
  retry: Schema.optionalKey(Retry.annotate({ description: "What is tried again, and how often" })),
  exhausted: Schema.optionalKey(
    Schema.Literals(["wait", "dead-letter"]).annotate({
      description:
        "Every attempt failed: the sink waits, and begins its batch again (default), or the records become dead letters"
    })
  ),
  refused: Schema.optionalKey(
    Schema.Literals(["split", "dead-letter"]).annotate({
      description:
        "A request of many records that the receiver refuses: halves are sent until the records at fault stand alone (default), or all become dead letters"
    })
  ),
  partial: Schema.optionalKey(
    Partial.annotate({ description: "Where a reply names the records that it did not take" })
  ),
  tombstones: Schema.optionalKey(
    Schema.Literals(["skip", "null", "delete"]).annotate({
      description: "A record without a value: passed over (default), sent as null, or a DELETE of its path"
    })
  ),
  idempotencyHeader: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[A-Za-z0-9-]*$/)).annotate({
      description: 'The header that names a request the same again; "" for none; default: Idempotency-Key'
    })
  )
})
export type Config = typeof Config.Type

/** Every setting with its default. */
export const settingsOf = (config: Config) => ({
  path: config.path ?? "",
  method: config.method ?? "POST",
  headers: config.headers ?? {},
  batch: config.batch ?? "record",
  body: config.body ?? "value",
  maxRecords: config.maxRecords ?? defaultMaxRecords,
  maxBytes: config.maxBytes ?? defaultMaxBytes,
  maxInFlight: config.maxInFlight ?? defaultMaxInFlight,
  timeoutMs: config.timeoutMs ?? 10_000,
  attempts: config.retry?.attempts ?? 4,
  backoffMs: config.retry?.backoffMs ?? 250,
  retryStatuses: config.retry?.statuses ?? [408, 425, 429, 500, 502, 503, 504],
  exhausted: config.exhausted ?? "wait",
  refused: config.refused ?? "split",
  partial:
    config.partial === undefined
      ? undefined
      : { index: "/index", reason: "/reason", retry: "/retry", ...config.partial },
  tombstones: config.tombstones ?? "skip",
  idempotencyHeader: config.idempotencyHeader ?? "Idempotency-Key"
})
export type Settings = ReturnType<typeof settingsOf>
