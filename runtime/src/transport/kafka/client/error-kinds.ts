/** Kafka's names of what the transport tells apart. */
export const topicUnknown = "UNKNOWN_TOPIC_OR_PARTITION"
export const topicThere = "TOPIC_ALREADY_EXISTS"
export const tooLarge: ReadonlySet<string> = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"])
export const offsetDropped = "OFFSET_OUT_OF_RANGE"

/** Ours, of what is seen before anything is asked. */
export const clientRefusals = {
  authentication: "AUTHENTICATION_FAILED",
  tls: "TLS_FAILED",
  token: "TOKEN_REFUSED"
} as const
/** The coordinator has no producer of this id any more: it was idle for days. */
export const producerForgotten: ReadonlySet<string> = new Set([
  "INVALID_PRODUCER_ID_MAPPING",
  "UNKNOWN_PRODUCER_ID"
])
/** The topic takes no batch of this size. */
export const batchTooLarge: ReadonlySet<string> = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"])
/** An ACL does not let the user do it. */
export const refusedByAcl: ReadonlySet<string> = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"
])
