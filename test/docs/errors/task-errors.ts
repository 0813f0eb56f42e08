import type { SegmentErrorCode } from "../../../runtime/sandbox/src/segment-error.ts"
import { deadLetterErrors } from "./record-errors.ts"
import type { Rows } from "./row.ts"

const ofSandbox = {
  SANDBOX_UNAVAILABLE: {
    message: "No sandbox process could be started, or it ended before it answered",
    where: "the task",
    why: "The machine has no room for a process, or a guard of the sandbox is missing. It is tried again.",
    remedy:
      "Make room in memory; `millrace doctor` starts a sandbox process, and says which guard is missing and how to get it."
  },
  BUNDLE_FAILED: {
    message: "The bundle does not load in the sandbox",
    where: "node, and file and line in the plugin's source",
    why: "The module throws while it is evaluated, or `open` failed with this config.",
    remedy: "Correct the plugin or the node's config, and apply."
  },
  STATE_TOO_LARGE: {
    message: "The state of one batch exceeds the limit of a call",
    where: "the keyed node",
    why: "The state of all keys in a batch goes into the sandbox with it.",
    remedy: "Keep less in one key: several small entries of map state instead of one large value."
  },
  TOO_MANY_KILLS: {
    message: "The plugin's process was killed too often",
    where: "node",
    why: "A batch is run again in slices after a kill, then singly; more kills than that are not one record's fault.",
    remedy: "See `millrace logs PIPELINE`; mend the plugin and apply."
  },
  QUARANTINED: {
    message: "The plugin is set aside after repeated failure",
    where: "node",
    why: "It failed again and again; the rest of the platform is spared.",
    remedy: "Mend the plugin and apply, or `millrace pipeline resume PIPELINE` to try it again."
  }
} as const

const ofSegments: Rows<SegmentErrorCode> = {
  PLUGIN_FAILED: deadLetterErrors["PLUGIN_FAILED"]!,
  RECORD_INVALID: deadLetterErrors["RECORD_INVALID"]!,
  DEADLINE_EXCEEDED: deadLetterErrors["DEADLINE_EXCEEDED"]!,
  MEMORY_EXCEEDED: deadLetterErrors["MEMORY_EXCEEDED"]!,
  OUTPUT_TOO_LARGE: deadLetterErrors["OUTPUT_TOO_LARGE"]!,
  SANDBOX_KILLED: deadLetterErrors["SANDBOX_KILLED"]!,
  ...ofSandbox
}

const ofLog: Rows = {
  TRANSPORT_DISK_FULL: {
    message: "The disk is full",
    where: "the task",
    why: "A commit could not be written; nothing of it counts, and it is tried again.",
    remedy: "Make room on the disk; the pipeline goes on by itself."
  },
  TRANSPORT_UNAVAILABLE: {
    message: "The log does not answer",
    where: "the task",
    why: "It is busy or shutting down, or no broker of the Kafka cluster answers; it is tried again.",
    remedy:
      "Wait; `millrace status` says what the last attempt came to. The alert `transport-unavailable` fires when Kafka has not answered for 30 s; the pipeline goes on by itself when it does."
  },
  TRANSPORT_UNAUTHORIZED: {
    message: "Kafka does not let the platform's user do it",
    where: "the task; the message names the topic, group or transactional id, and the broker",
    why: "An ACL is missing, or the user or its password has changed. It is tried again, 30 s apart at most.",
    remedy:
      "Give the user what [Run on Kafka](how-to/kafka.md) lists; the pipeline goes on by itself. For another password, start the platform again."
  },
  TRANSPORT_TOPIC_GONE: {
    message: "A topic is not in Kafka, or this user may not see it",
    where: "the task; the message names the topic",
    why: "Somebody has deleted it. It is tried again, 30 s apart at most.",
    remedy:
      "Start the platform again, which makes its topics anew, or make the topic as it was; what was in it is gone. Who had read it is told TRANSPORT_TOPIC_RESET then."
  },
  TRANSPORT_TOPIC_RESET: {
    message: "A topic was deleted and made anew, or ends before the place up to which it was read",
    where: "topic, partition and offset",
    why: "Its offsets mean other records now, however many there are; or brokers have lost its end. Nothing of it was passed over.",
    remedy:
      "`millrace pipeline reset PIPELINE --to 0` reads what there is now; `--to start` would also run its sources again."
  },
  TRANSPORT_TOO_LARGE: {
    message: "A record is larger than Kafka takes",
    where: "topic, and the record's size",
    why: "Batches are cut to the topic's `max.message.bytes`, records cannot be. It is tried again, 30 s apart at most.",
    remedy:
      "Raise `max.message.bytes` of the topic, and the brokers' `message.max.bytes` where that is lower; the pipeline goes on by itself."
  },
  TRANSPORT_SUPERSEDED: {
    message: "Another run of the pipeline was begun",
    where: "the task",
    why: "A worker was still at the run before, and did not know yet.",
    remedy: "Nothing: the newer run goes on."
  },
  TRANSPORT_FENCED: {
    message: "Another owner has taken over the task",
    where: "the task",
    why: "One task has one writer; the older one is shut out.",
    remedy: "Nothing: the newer one goes on."
  },
  TRANSPORT_CORRUPT: {
    message: "Bytes of the log are damaged",
    where: "topic, partition and offset",
    why: "Every batch carries a checksum, and this one's does not fit.",
    remedy: "Restore the data folder from a backup."
  },
  TRANSPORT_LOCKED: {
    message: "Another platform has the data folder",
    where: "the data folder",
    why: "A data folder has one writer.",
    remedy: "Stop the other platform with `millrace down`."
  },
  TRANSPORT_TAKEN: {
    message: "Another platform keeps its work in the Kafka cluster under this prefix",
    where: "the prefix",
    why: "A prefix is of one platform.",
    remedy: "See KAFKA_PREFIX_TAKEN, which a start ends with."
  },
  TRANSPORT_REGISTRY_CHANGED: {
    message: "Streams have been written with ids of another schema registry than the config's",
    where: "the prefix",
    why: "Read by another registry's ids, a record would be taken for something else.",
    remedy: "See KAFKA_REGISTRY_CHANGED, which a start ends with."
  },
  TRANSPORT_UNKNOWN_TOPIC: {
    message: "A topic of the plan is not in the log",
    where: "the topic",
    why: "The data folder was changed from outside.",
    remedy: "Apply the pipeline again."
  },
  TRANSPORT_PARTITION_COUNT: {
    message: "A topic has another number of partitions than the plan",
    where: "the topic",
    why: "The number is fixed when a topic is made.",
    remedy: "Say the number that is there as `partitions`, and apply."
  },
  TRANSPORT_KEYLESS: {
    message: "A compacted stream was given a record without a key",
    where: "the task and the stream",
    why: "Of each key a compacted stream keeps the newest record; without a key none is newer.",
    remedy: "Give the node's output a key that is never null, or take `compact: true` away from it."
  },
  TRANSPORT_UNSUPPORTED: {
    message: "The transport cannot do what is asked of it",
    where: "the stream, or the task",
    why: "A platform on Kafka takes up no savepoints and backups, makes no compacted stream of one that has kept every record, and keeps its own topics' names to itself.",
    remedy: "Do as the message says, or use the embedded log."
  },
  TRANSPORT_FORMAT_VERSION: {
    message: "The log was written by a newer release",
    where: "the data folder",
    why: "Formats on disk carry versions.",
    remedy: "Use the release that wrote the folder, or a later one."
  }
}

const ofTasks: Rows = {
  PERMISSION_NOT_GRANTED: {
    message: "A permission that a node needs is not granted, or was taken back",
    where: "node and permission",
    why: "Grants are looked at again at every start.",
    remedy: "Apply the pipeline again with `--grant` if you agree to it."
  },
  SOURCE_INVALID: {
    message: "The source's call answered no position",
    where: "the source node",
    why: "The bundle's shim and the worker do not speak the same guest ABI.",
    remedy: "Build and publish the plugin anew with the SDK of this release."
  },
  TABLE_TOO_LARGE: {
    message: "A lookup table has outgrown memory",
    where: "node and topic",
    why: "A lookup table is whole in the guest.",
    remedy: "Key the table's stream and keep it as state in a processor instead."
  },
  SCHEMA_UNKNOWN: {
    message: "A batch names a schema whose text is not in the log",
    where: "topic and partition",
    why: "The data folder was changed from outside.",
    remedy: "Restore the data folder from a backup."
  },
  KEY_INVALID: {
    message: "The key of an output cannot be made",
    where: "node and record",
    why: "A key field's value is none that a key may have.",
    remedy: "Choose a field that is a plain value as the key."
  },
  PLAN_INVALID: {
    message: "The plan that runs contradicts itself",
    where: "the chain",
    why: "A bug of Millrace.",
    remedy: "Report it with the pipeline file."
  },
  SCHEMA_INCOMPATIBLE: {
    message: "A stream's new schema is not compatible with what is on it",
    where: "the stream",
    why: "Records that are there, or their readers, would break.",
    remedy: "Undo the change, or write to a stream of another name."
  },
  STREAM_READER_BROKEN: {
    message: "A pipeline that reads the stream could not read its new schema",
    where: "the stream, the field, and who reads it",
    why: "Whoever reads a stream was planned with the schema that it had then; a field that went, or has another type, cannot be resolved to it.",
    remedy:
      "Keep the field, or give it a default. Or pause the reader (`millrace pipeline pause`), apply the change, and apply the reader again, which plans it with the new schema."
  },
  STREAM_IN_USE: {
    message: "The stream is read by another pipeline, and the new plan has it no more",
    where: "the node that wrote it, and who reads it",
    why: "Who reads it would wait for records that never come.",
    remedy: "Keep the stream and its name, or let its readers read another one, or delete them, first."
  },
  RECORD_INVALID: {
    message: "A record of another schema than the stream has now is not as its schema says",
    where: "topic and offset of its batch",
    why: "Records of another schema are resolved to the one that the pipeline was planned with, before it gets them. The bytes are damaged; what another program wrote is set aside as a dead letter, unless it is in a lookup table.",
    remedy: "Find out who wrote the topic; set the pipeline behind the batch with `millrace pipeline reset`."
  },
  CANARY_REFUSED: {
    message: "The new plan cannot run on some partitions beside the one that runs",
    where: "the node",
    why: "Either revision must be able to take a task over from the other at any batch: the same tasks and topics, records of the same schema and key, the same state; and a chain that changes needs two partitions at least.",
    remedy: "Apply it without `--canary`: an upgrade checks and converts what differs."
  },
  STATE_INCOMPATIBLE: {
    message: "A node's state cannot go on under the new plan",
    where: "the node, its state and the field",
    why: "The new version cannot read every value that is kept, or would look for it under other keys.",
    remedy:
      "Give a new field a default, give the state a `migrate`, or lose it with `--discard-state` (how-to/upgrade-state.md)."
  },
  NOT_FOUND: {
    message: "There is no such dead letter",
    where: "its partition and offset",
    why: "It was never written, or its log was removed.",
    remedy: "Choose one of `millrace dlq list PIPELINE`."
  },
  NOT_REPLAYABLE: {
    message: "The dead letter kept no record",
    where: "the dead letter",
    why: "It was too large, or its source rejected the text before it became a record.",
    remedy: "Correct it at the source, and let the source give it once more."
  },
  NODE_GONE: {
    message: "The pipeline has its node no more",
    where: "the dead letter's node",
    why: "A replay puts the record back in at its node's input.",
    remedy: "Apply a plan that has the node, then replay."
  },
  ALREADY_REPLAYED: {
    message: "The dead letter was replayed before",
    where: "the dead letter",
    why: "A dead letter is replayed once, so that its record does not count twice.",
    remedy: "Nothing: its record is in. What failed again is a new dead letter."
  }
}

export const taskErrors: Rows = { ...ofSegments, ...ofTasks, ...ofLog }
