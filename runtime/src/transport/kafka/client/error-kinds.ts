/** Kafka's names of what the transport tells apart. */
export const topicUnknown = "UNKNOWN_TOPIC_OR_PARTITION"
export const topicThere = "TOPIC_ALREADY_EXISTS"
/** The topic takes no batch of this size. */
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
