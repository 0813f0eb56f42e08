import * as Schema from "effect/Schema"
import type { HostRefusal } from "../host-request.ts"

/**
 * Why the worker could not do what it was asked of a topic.
 *
 * | code | what happened |
 * |---|---|
 * | `PERMISSION_DENIED` | brokers, topic, group or secret were not granted to this handle |
 * | `SECRET_MISSING` | the operator has not set the secret |
 * | `UNREACHABLE` | transient: no broker answers, or none that can do it now |
 * | `TOPIC_MISSING` | transient: there is no such topic or partition, or this user may not see it |
 * | `OUTCOME_UNKNOWN` | transient: a write was not answered; a `publish` finds out what became of it |
 * | `FENCED` | transient: another process published in the same place |
 * | `AUTHENTICATION_FAILED` | the brokers do not know the user, the secret is another, or they take no such mechanism |
 * | `TLS_FAILED` | one side does not trust the other's certificate, or does not speak TLS |
 * | `NOT_AUTHORIZED` | the user may not do this on the topic, the group or the transactional id |
 * | `OFFSET_DROPPED` | the topic does not keep the offset: retention dropped it, or the topic was made anew |
 * | `RECORD_REFUSED` | the topic takes no such record: it is too large, or its time is too far off |
 * | `BATCH_DAMAGED` | what the broker holds is no record batch, or its checksum is wrong |
 * | `REQUEST_INVALID` | the request cannot be made |
 * | `BROKER_REFUSED` | any other refusal, in the broker's words |
 * | `UNSUPPORTED`, `HOST_FAILED` | the worker does not serve this, or failed to |
 */
export type KafkaErrorCode =
  | "PERMISSION_DENIED"
  | "SECRET_MISSING"
  | "UNREACHABLE"
  | "TOPIC_MISSING"
  | "OUTCOME_UNKNOWN"
  | "FENCED"
  | "AUTHENTICATION_FAILED"
  | "TLS_FAILED"
  | "NOT_AUTHORIZED"
  | "OFFSET_DROPPED"
  | "RECORD_REFUSED"
  | "BATCH_DAMAGED"
  | "REQUEST_INVALID"
  | "BROKER_REFUSED"
  | "UNSUPPORTED"
  | "HOST_FAILED"

const transientCodes: ReadonlySet<string> = new Set<KafkaErrorCode>([
  "UNREACHABLE",
  "TOPIC_MISSING",
  "OUTCOME_UNKNOWN",
  "FENCED"
])

/** A request to Kafka that came to nothing. `transient`: another try may succeed. */
export class KafkaError extends Schema.TaggedError<KafkaError>()("KafkaError", {
  /** One of {@link KafkaErrorCode}. */
  code: Schema.String,
  /** What was asked of whom, and what the broker said; never a secret. */
  message: Schema.String,
  handle: Schema.String,
  transient: Schema.Boolean
}) {}

export const kafkaError =
  (handle: string) =>
  ({ code, message }: HostRefusal): KafkaError =>
    new KafkaError({ code, message: `${code}: ${message}`, handle, transient: transientCodes.has(code) })
