import * as Effect from "effect/Effect"
import { TransportError } from "../transport.ts"
import { topicUnknown } from "./client/error-kinds.ts"
import { KafkaError } from "./client/kafka-error.ts"
import { RecordBatchFault } from "./record-batch/record-batch-fault.ts"

/** What the cluster refused, as the transport says it. What passes with time is `unavailable`; a bug stays one. */
export function kafkaFailure(cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause
  if (cause instanceof RecordBatchFault)
    return new TransportError({ reason: "corrupt", message: `Kafka: ${cause.message}` })
  if (!(cause instanceof KafkaError)) throw cause
  const { fenced, kind, message } = cause
  return new TransportError({
    reason: fenced ? "fenced" : kind === topicUnknown ? "unknownTopic" : "unavailable",
    message: `Kafka: ${message}`
  })
}

/** Asks the cluster. */
export const asking = <A>(ask: () => Promise<A>): Effect.Effect<A, TransportError> =>
  Effect.tryPromise({ try: ask, catch: kafkaFailure })
