export interface BrokerErrorKind {
  readonly name: string
  /** The same request may go well a little later, or at another broker. */
  readonly retriable: boolean
  readonly remedy?: string
}

const kind = (name: string, retriable: boolean, remedy?: string): BrokerErrorKind =>
  remedy === undefined ? { name, retriable } : { name, retriable, remedy }

/** By code, those that what we ask for may be refused with (Kafka protocol guide, "Error Codes"). */
export const brokerErrors: { readonly [code: number]: BrokerErrorKind | undefined } = {
  [-1]: kind("UNKNOWN_SERVER_ERROR", false, "The broker's log has the cause."),
  1: kind(
    "OFFSET_OUT_OF_RANGE",
    false,
    "The topic keeps no such offset: it was deleted by retention, or the topic was made anew."
  ),
  2: kind("CORRUPT_MESSAGE", true),
  3: kind(
    "UNKNOWN_TOPIC_OR_PARTITION",
    true,
    "Make the topic, or look whether its name is right and may be seen by this user."
  ),
  5: kind("LEADER_NOT_AVAILABLE", true),
  6: kind("NOT_LEADER_OR_FOLLOWER", true),
  7: kind("REQUEST_TIMED_OUT", true),
  8: kind("BROKER_NOT_AVAILABLE", false),
  9: kind("REPLICA_NOT_AVAILABLE", true),
  10: kind("MESSAGE_TOO_LARGE", false, "Raise the topic's max.message.bytes, or make batches smaller."),
  12: kind("OFFSET_METADATA_TOO_LARGE", false),
  13: kind("NETWORK_EXCEPTION", true),
  14: kind("COORDINATOR_LOAD_IN_PROGRESS", true),
  15: kind("COORDINATOR_NOT_AVAILABLE", true),
  16: kind("NOT_COORDINATOR", true),
  17: kind(
    "INVALID_TOPIC_EXCEPTION",
    false,
    "Names have letters, digits, dots, hyphens and underscores, 249 at most."
  ),
  18: kind("RECORD_LIST_TOO_LARGE", false, "Make batches smaller than the topic's segment.bytes."),
  19: kind(
    "NOT_ENOUGH_REPLICAS",
    true,
    "Brokers are down: fewer copies are in sync than min.insync.replicas asks for."
  ),
  20: kind("NOT_ENOUGH_REPLICAS_AFTER_APPEND", true),
  21: kind("INVALID_REQUIRED_ACKS", false),
  22: kind("ILLEGAL_GENERATION", false),
  23: kind("INCONSISTENT_GROUP_PROTOCOL", false, "Another kind of member uses this group id: take another."),
  24: kind("INVALID_GROUP_ID", false),
  25: kind("UNKNOWN_MEMBER_ID", false),
  26: kind(
    "INVALID_SESSION_TIMEOUT",
    false,
    "It has to be within the brokers' group.min.session.timeout.ms and group.max.session.timeout.ms."
  ),
  27: kind("REBALANCE_IN_PROGRESS", false),
  28: kind("INVALID_COMMIT_OFFSET_SIZE", false),
  29: kind("TOPIC_AUTHORIZATION_FAILED", false, "Let the user do this on the topic by an ACL."),
  30: kind("GROUP_AUTHORIZATION_FAILED", false, "Let the user read the group by an ACL."),
  31: kind("CLUSTER_AUTHORIZATION_FAILED", false, "Let the user do this on the cluster by an ACL."),
  32: kind(
    "INVALID_TIMESTAMP",
    false,
    "Raise the topic's message.timestamp.after.max.ms and message.timestamp.before.max.ms."
  ),
  33: kind("UNSUPPORTED_SASL_MECHANISM", false),
  35: kind("UNSUPPORTED_VERSION", false),
  36: kind("TOPIC_ALREADY_EXISTS", false),
  37: kind("INVALID_PARTITIONS", false),
  38: kind("INVALID_REPLICATION_FACTOR", false, "There are fewer brokers than copies are asked for."),
  40: kind("INVALID_CONFIG", false),
  41: kind("NOT_CONTROLLER", true),
  42: kind("INVALID_REQUEST", false),
  44: kind("POLICY_VIOLATION", false),
  45: kind("OUT_OF_ORDER_SEQUENCE_NUMBER", false),
  46: kind("DUPLICATE_SEQUENCE_NUMBER", false),
  47: kind("INVALID_PRODUCER_EPOCH", false, "Another producer has taken over the transactional id."),
  48: kind("INVALID_TXN_STATE", false),
  49: kind("INVALID_PRODUCER_ID_MAPPING", false),
  50: kind(
    "INVALID_TRANSACTION_TIMEOUT",
    false,
    "It may not be longer than the brokers' transaction.max.timeout.ms."
  ),
  51: kind("CONCURRENT_TRANSACTIONS", true),
  52: kind("TRANSACTION_COORDINATOR_FENCED", false),
  53: kind(
    "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
    false,
    "Let the user write and describe the transactional id by an ACL."
  ),
  56: kind("KAFKA_STORAGE_ERROR", true, "The broker's disk fails."),
  58: kind("SASL_AUTHENTICATION_FAILED", false),
  59: kind("UNKNOWN_PRODUCER_ID", false),
  60: kind("REASSIGNMENT_IN_PROGRESS", false),
  68: kind("NON_EMPTY_GROUP", false),
  69: kind("GROUP_ID_NOT_FOUND", false),
  72: kind("LISTENER_NOT_FOUND", true),
  73: kind("TOPIC_DELETION_DISABLED", false, "Set delete.topic.enable on the brokers."),
  74: kind("FENCED_LEADER_EPOCH", true),
  75: kind("UNKNOWN_LEADER_EPOCH", true),
  76: kind("UNSUPPORTED_COMPRESSION_TYPE", false),
  78: kind("OFFSET_NOT_AVAILABLE", true),
  79: kind("MEMBER_ID_REQUIRED", false),
  81: kind("GROUP_MAX_SIZE_REACHED", false, "Raise the brokers' group.max.size."),
  82: kind("FENCED_INSTANCE_ID", false, "Another member has the same instance id."),
  87: kind("INVALID_RECORD", false),
  88: kind("UNSTABLE_OFFSET_COMMIT", true),
  89: kind("THROTTLING_QUOTA_EXCEEDED", true),
  90: kind("PRODUCER_FENCED", false, "Another producer has taken over the transactional id."),
  100: kind("UNKNOWN_TOPIC_ID", true),
  103: kind("INCONSISTENT_TOPIC_ID", true),
  109: kind("OFFSET_MOVED_TO_TIERED_STORAGE", false),
  110: kind("FENCED_MEMBER_EPOCH", false),
  113: kind("STALE_MEMBER_EPOCH", false),
  120: kind("TRANSACTION_ABORTABLE", false)
}
