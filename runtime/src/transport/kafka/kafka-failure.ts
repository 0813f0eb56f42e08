import * as Effect from "effect/Effect"
import { TransportError } from "../transport.ts"
import { offsetDropped, topicUnknown } from "./client/error-kinds.ts"
import { KafkaError } from "./client/kafka-error.ts"
import { RecordBatchFault } from "./record-batch/record-batch-fault.ts"

/** By the kinds of errors that time alone does not mend, and that mean something else than that the cluster is busy or away. */
const reasons: { readonly [kind: string]: TransportError["reason"] | undefined } = {
  [topicUnknown]: "topicGone",
  [offsetDropped]: "topicReset",
  TOPIC_AUTHORIZATION_FAILED: "unauthorized",
  GROUP_AUTHORIZATION_FAILED: "unauthorized",
  CLUSTER_AUTHORIZATION_FAILED: "unauthorized",
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "unauthorized",
  AUTHENTICATION_FAILED: "unauthorized",
  TOKEN_REFUSED: "unauthorized",
  MESSAGE_TOO_LARGE: "tooLarge",
  RECORD_LIST_TOO_LARGE: "tooLarge"
}

/** What the cluster refused, as the transport says it. What passes with time is `unavailable`; a bug stays one. */
export function kafkaFailure(cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause
  if (cause instanceof RecordBatchFault)
    return new TransportError({ reason: "corrupt", message: `Kafka: ${cause.message}` })
  if (!(cause instanceof KafkaError)) throw cause
  const { fenced, kind, message } = cause
  return new TransportError({
    reason: fenced ? "fenced" : (reasons[kind] ?? "unavailable"),
    message: `Kafka: ${message}`
  })
}

/** Asks the cluster. */
export const asking = <A>(ask: () => Promise<A>): Effect.Effect<A, TransportError> =>
  Effect.tryPromise({ try: ask, catch: kafkaFailure })
