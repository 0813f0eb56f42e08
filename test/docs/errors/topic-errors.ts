import type { RegistryErrorCode } from "../../../plugins/kafka/src/avro/registry-error.ts"
import type { MisfitCode } from "../../../plugins/kafka/src/source/misfit.ts"
import type { UnwritableCode } from "../../../plugins/kafka/src/sink/unwritable.ts"
import type { KafkaErrorCode } from "../../../sdk/src/capability/kafka/kafka-error.ts"
import type { Rows } from "./row.ts"

const asked = "the handle of `kafka`, and what was asked of which broker"
const place = "the dead letter: topic, partition and offset"
const written = "the dead letter of the sink's record"

const requests: Rows<KafkaErrorCode> = {
  PERMISSION_DENIED: {
    message: "Brokers, topic, group or secret were not granted to this handle",
    where: asked,
    why: "A handle reads or writes one topic of the brokers that were granted, and logs in with secrets for them alone.",
    remedy: "Grant it: `millrace apply --grant`."
  },
  SECRET_MISSING: {
    message: "The operator has not set the secret",
    where: "the handle of `kafka`, and the secret's name",
    why: "The config names a secret for the brokers that has no value.",
    remedy: "Set it: `millrace secret set NAME`."
  },
  UNREACHABLE: {
    message: "No broker answers, or none that can do it now",
    where: asked,
    why: "Brokers are down, elect a leader, or are not at these addresses. It is tried again, with pauses up to 30 s.",
    remedy: "Check the brokers, and the addresses in the node's config."
  },
  TOPIC_MISSING: {
    message: "There is no such topic or partition, or this user may not see it",
    where: asked,
    why: "Topics of other clusters are not made by Millrace. It is tried again, with pauses up to 30 s.",
    remedy: "Make the topic, correct its name, or let the user describe it by an ACL."
  },
  OUTCOME_UNKNOWN: {
    message: "A write was not answered",
    where: asked,
    why: "The connection broke, or the broker took too long. A publication finds out what became of it before it is made again.",
    remedy: "Nothing has to be done; where it stays, look at the brokers."
  },
  FENCED: {
    message: "Another process publishes in the same place",
    where: asked,
    why: "The transactional id was taken over: by a start while this one was still at work.",
    remedy: "See that one platform alone runs the pipeline on this data folder."
  },
  AUTHENTICATION_FAILED: {
    message: "The brokers do not know the user, the secret is another, or they take no such mechanism",
    where: asked,
    why: "The login failed; asking again would not help.",
    remedy:
      "Correct `auth` in the node's config, or the secret: `millrace secret set NAME`; then apply the pipeline again."
  },
  TLS_FAILED: {
    message: "One side does not trust the other's certificate, or does not speak TLS",
    where: asked,
    why: "Certificates are checked, and have to be for the broker's name.",
    remedy: "Give the authority in `tls.authority`, or look whether the port is the one for TLS."
  },
  NOT_AUTHORIZED: {
    message: "The user may not do this on the topic, the group or the transactional id",
    where: asked,
    why: "The cluster's ACLs do not allow it.",
    remedy: "Let the user do it by an ACL; the plugin's README says which it needs."
  },
  OFFSET_DROPPED: {
    message: "The topic does not keep the offset",
    where: asked,
    why: "Retention dropped records before they were read, or the topic was deleted and made anew.",
    remedy: "Set `onDropped: earliest` to go on with the first record that there is, or reset the node."
  },
  RECORD_REFUSED: {
    message: "The topic takes no such record: it is too large, or its time is too far off",
    where: asked,
    why: "The topic's settings are narrower than what the config lets through.",
    remedy:
      "Raise the topic's `max.message.bytes`, or lower the sink's `maxBytes`; the batch is then written."
  },
  BATCH_DAMAGED: {
    message: "What the broker holds is no record batch, or its checksum is wrong",
    where: asked,
    why: "The bytes are not those that were written.",
    remedy: "See the record batch's own code in the message."
  },
  REQUEST_INVALID: {
    message: "The request cannot be made",
    where: "the handle of `kafka`",
    why: "A partition, an offset or packed records are none.",
    remedy: "Correct what the message names."
  },
  BROKER_REFUSED: {
    message: "The broker refused it, in words of its own",
    where: asked,
    why: "Kafka's name of the error is in the message.",
    remedy: "See Kafka's documentation of that name."
  },
  UNSUPPORTED: {
    message: "The worker serves no such request",
    where: "the handle of `kafka`",
    why: "This worker reaches no clusters.",
    remedy: "Run the pipeline by `millrace up`."
  },
  HOST_FAILED: {
    message: "The worker failed to serve it",
    where: "the handle of `kafka`",
    why: "Something failed in the worker that was not expected to; its log has the cause.",
    remedy: "See `millrace logs PIPELINE`."
  }
}

const misfits: Rows<MisfitCode> = {
  KAFKA_NOT_UTF8: {
    message: "The value, or the key, is no text in UTF-8",
    where: place,
    why: "`format` says that it is text.",
    remedy: "Take `format: raw`, or have the producer write text."
  },
  KAFKA_NOT_JSON: {
    message: "The value, or the key, is no JSON",
    where: place,
    why: "`format` says that it is.",
    remedy: "Have the producer write JSON, or take another `format`."
  },
  KAFKA_NO_SCHEMA_ID: {
    message: "The value, or the key, does not begin with a zero and the id of a schema",
    where: place,
    why: "`format: avro` reads what clients of a schema registry write: a zero, the id in 4 bytes, and the Avro.",
    remedy: "Have the producer write by a schema registry, or take another `format`."
  },
  KAFKA_SCHEMA_UNKNOWN: {
    message: "The registry has no schema with the id",
    where: `${place}, and the id`,
    why: "The producer registered its schema elsewhere, or the schema was deleted for good.",
    remedy: "Name the producer's registry in `registry.url`."
  },
  KAFKA_SCHEMA_MISFIT: {
    message: "What was written with the schema cannot be read as the fields",
    where: `${place}, and the id`,
    why: "By Avro's rules for a writer's and a reader's schema the two do not go together, or the schema is not of Avro; the message says where.",
    remedy: "Correct `fields` or `schema`: a field that older records lack needs `nullable`, or a default."
  },
  KAFKA_VALUE_MISFIT: {
    message: "The value does not fit the fields, or its schema",
    where: `${place}, and the field`,
    why: "A field is missing, or of another type than the config says; Avro is cut off, or of another schema than its id says.",
    remedy: "Correct `fields` or `schema`, make the field `nullable`, or have the producer write it."
  },
  KAFKA_KEY_MISFIT: {
    message: "The key does not fit the key's fields, or there is none",
    where: place,
    why: "`key` says of what form it is.",
    remedy: "Correct `key.format`, or set `key.nullable` where records may have none."
  },
  KAFKA_TOMBSTONE: {
    message:
      "A record without a value, and nothing that says what it deletes; or a delete that the sink has no use for",
    where: place,
    why: "A delete goes by its key, and the record has none, or the config names none.",
    remedy: "Give `key`, or say by `tombstones` what becomes of them."
  }
}

const unwritable: Rows<UnwritableCode> = {
  KAFKA_RECORD_TOO_LARGE: {
    message: "The record has more bytes than `maxBytes`",
    where: written,
    why: "Brokers refuse what is larger than the topic's `max.message.bytes`, and all of its batch.",
    remedy: "Raise `maxBytes`, and with it the topic's `max.message.bytes`."
  },
  KAFKA_TIME_REFUSED: {
    message: "The event time is before 1970, or more than an hour ahead",
    where: written,
    why: "Brokers refuse such times.",
    remedy: "Set `timestamps: now`, or mend the event time."
  },
  KAFKA_VALUE_REFUSED: {
    message: "The field that is the value is no text, or no bytes; or the registry's schema does not take it",
    where: written,
    why: "`format` says what a value is; under `schemas: latest` the subject's schema does.",
    remedy:
      "Name another field in `valueField`, or take `format: json`; or let the subject have a schema that fits."
  }
}

const subject = "what was asked of the registry: a schema's id, or a subject"

const registry: Rows<RegistryErrorCode> = {
  REGISTRY_UNAVAILABLE: {
    message: "The schema registry cannot answer just now",
    where: subject,
    why: "Its status is 5xx, 408, 425 or 429. It is asked again, with pauses up to 30 s; no record is passed over.",
    remedy: "Look at the registry."
  },
  REGISTRY_NOT_AUTHORIZED: {
    message: "The schema registry does not let us in, or not do this",
    where: subject,
    why: "It answered 401 or 403.",
    remedy:
      "Correct `registry.auth`, the secret (`millrace secret set NAME`), or what the user may do; then apply the pipeline again."
  },
  REGISTRY_INCOMPATIBLE: {
    message: "The subject's compatibility does not let the stream's schema in",
    where: subject,
    why: "The registry answered 409; its words say which field is why.",
    remedy:
      "Change the stream so that the schemas go together, set the subject's compatibility, or take `schemas: latest`."
  },
  REGISTRY_REFUSED: {
    message: "The schema registry refuses it, in words of its own",
    where: subject,
    why: "Any other status: what answers may be no schema registry.",
    remedy: "Correct `registry.url`, or what the message names."
  },
  REGISTRY_SUBJECT_MISSING: {
    message: "There is no such subject, and `schemas: latest` registers none",
    where: subject,
    why: "Nobody has registered a schema for the topic.",
    remedy: "Register one, or leave `schemas: latest` out."
  },
  REGISTRY_SCHEMA_MISFIT: {
    message: "The stream's records cannot be written with the subject's latest schema",
    where: subject,
    why: "The schema wants a field that the stream does not have, or has with another type, or is not of Avro.",
    remedy: "Add or change the fields before the sink, or leave `schemas: latest` out."
  }
}

/** What goes wrong with topics of clusters that are not Millrace's own. */
export const topicErrors: Rows = { ...requests, ...misfits, ...unwritable, ...registry }
