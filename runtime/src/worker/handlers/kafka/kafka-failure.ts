import type { HostRequestError } from "@millrace/sandbox"
import type { KafkaErrorCode } from "@millrace/sdk"
import { KafkaError } from "../../../transport/kafka/client/kafka-error.ts"
import { RecordBatchFault } from "../../../transport/kafka/record-batch/record-batch-fault.ts"

/** Why a request to Kafka came to nothing; `code` is one of the SDK's `KafkaErrorCode`. */
export function kafkaFailure(code: KafkaErrorCode, message: string): HostRequestError {
  return { _tag: "HostRequestError", code, message }
}

const codes: { readonly [kind: string]: KafkaErrorCode } = {
  AUTHENTICATION_FAILED: "AUTHENTICATION_FAILED",
  TLS_FAILED: "TLS_FAILED",
  UNKNOWN_TOPIC_OR_PARTITION: "TOPIC_MISSING",
  TOPIC_AUTHORIZATION_FAILED: "NOT_AUTHORIZED",
  GROUP_AUTHORIZATION_FAILED: "NOT_AUTHORIZED",
  CLUSTER_AUTHORIZATION_FAILED: "NOT_AUTHORIZED",
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "NOT_AUTHORIZED",
  OFFSET_OUT_OF_RANGE: "OFFSET_DROPPED",
  MESSAGE_TOO_LARGE: "RECORD_REFUSED",
  RECORD_LIST_TOO_LARGE: "RECORD_REFUSED",
  INVALID_TIMESTAMP: "RECORD_REFUSED",
  INVALID_RECORD: "RECORD_REFUSED",
  CLIENT_CLOSED: "UNREACHABLE"
}

/** What a client's or a reader's failure means to a plugin. The client's words name brokers and topics, which were granted, and no secret. */
export function failureOf(cause: unknown): HostRequestError {
  if (cause instanceof RecordBatchFault)
    return kafkaFailure("BATCH_DAMAGED", `${cause.message}. ${cause.remedy}`)
  if (!(cause instanceof KafkaError))
    return kafkaFailure("HOST_FAILED", "the worker failed in its own client")
  return kafkaFailure(codeOf(cause), cause.message)
}

function codeOf({ fenced, indefinite, kind, retriable }: KafkaError): KafkaErrorCode {
  const known = codes[kind]
  if (known !== undefined) return known
  if (fenced) return "FENCED"
  if (indefinite) return "OUTCOME_UNKNOWN"
  return retriable ? "UNREACHABLE" : "BROKER_REFUSED"
}
