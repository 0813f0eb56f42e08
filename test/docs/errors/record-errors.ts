import type { CodecFaultCode } from "../../../sdk/src/codec/runtime-fault.ts"
import type { FrameFaultCode } from "../../../sdk/src/record/frame-fault.ts"
import type { Rows } from "./row.ts"

/** Codes of a dead letter. */
export const deadLetterErrors: Rows = {
  PLUGIN_FAILED: {
    message: "The plugin's body failed: its own tag and message",
    where: "node, record, and file and line in the plugin's source",
    why: "The body threw, or failed with an error of its own. The record's state and outputs vanished with it.",
    remedy: "Mend the plugin or the record, apply, and replay it with `millrace dlq replay`."
  },
  RECORD_INVALID: {
    message: "A record does not fit its contract: the codec's message",
    where: "node, record and field",
    why: "What arrived cannot be read as the node's input, or what the plugin gave does not fit its output contract.",
    remedy: "Correct the record, or what the plugin gives, then replay it with `millrace dlq replay`."
  },
  RECORD_UNREADABLE: {
    message: "Another program wrote a record into a stream on Kafka that is none of it",
    where: "topic and offset; the dead letter's `raw` has key and value in base64",
    why: "Its value does not begin with a byte 0 and the id of a schema, or its time, a header's name or its size is beyond what a record may have.",
    remedy:
      "Have the program write Avro behind a schema's id, and write the record anew; it cannot be replayed as it is. A topic of other forms is read by [@millrace/kafka](../plugins/kafka/README.md)."
  },
  SCHEMA_UNKNOWN: {
    message: "Another program wrote a record with a schema that the registry does not have",
    where: "topic, offset and the schema's id; the dead letter's `raw` has key and value in base64",
    why: "The program registers its schemas in another registry, or in none.",
    remedy:
      "Have it use this platform's [schema registry](how-to/schema-registry.md), and write the record anew."
  },
  SCHEMA_INCOMPATIBLE: {
    message: "Another program wrote a record with a schema that cannot be read as the stream's",
    where: "the field; the dead letter has topic and offset, its `raw` key and value in base64",
    why: "The id before the value is that of another stream's schema, or fields are missing that the stream has.",
    remedy: "Have it write with a schema of the topic's own subject, and write the record anew."
  },
  DEADLINE_EXCEEDED: {
    message: "The record was not done within the deadline of a call",
    where: "node and record",
    why: "The body does not end, or waits for a host request that does not.",
    remedy: "Make the body's work a record bounded; give `http` a shorter timeout than the call's deadline."
  },
  OUTPUT_TOO_LARGE: {
    message: "The record's outputs exceed the limit of one call",
    where: "node and record",
    why: "Memory is bounded: one record may not give without end.",
    remedy: "Give fewer or smaller outputs a record."
  },
  MEMORY_EXCEEDED: {
    message: "The record made the sandbox exceed its memory",
    where: "node and record",
    why: "The watchdog ends a process past its limit; a record that does it alone is set aside.",
    remedy: "Hold less in memory: keep what must last as state."
  },
  SANDBOX_KILLED: {
    message: "The record killed its sandbox process",
    where: "node and record",
    why: "The process ended, by a crash of the engine or by the watchdog.",
    remedy: "Look at the record with `millrace dlq show`; mend the plugin, then replay it."
  }
}

/** Faults that messages of dead letters carry. */
export const codecErrors: Rows<CodecFaultCode | FrameFaultCode> = {
  TRUNCATED: {
    message: "The value ends early",
    where: "byte offset",
    why: "The bytes are cut off, or were written with another schema.",
    remedy:
      "Compare the record (`millrace dlq show`) with the schema of its stream (`millrace stream show`), and write it anew with that one."
  },
  TRAILING_BYTES: {
    message: "Bytes are left over behind the value",
    where: "byte offset",
    why: "The bytes were written with another schema.",
    remedy:
      "Compare the record (`millrace dlq show`) with the schema of its stream (`millrace stream show`), and write it anew with that one."
  },
  BAD_LENGTH: {
    message: "A length or count is negative, too large, or does not add up",
    where: "byte offset",
    why: "The bytes are damaged, hostile, or were written with another schema.",
    remedy:
      "Find out who wrote the record (`millrace dlq show`); let it be written with the stream's schema, by a client of Avro."
  },
  BAD_UTF8: {
    message: "A string is not UTF-8",
    where: "field and byte offset",
    why: "Bytes of another encoding were written as a string.",
    remedy: "Correct it at the writer, or let the field be bytes."
  },
  BAD_INDEX: {
    message: "The index of a union or enum is out of range",
    where: "field and byte offset",
    why: "The bytes were written with another schema.",
    remedy:
      "Compare the record (`millrace dlq show`) with the schema of its stream (`millrace stream show`), and write it anew with that one."
  },
  BAD_BOOLEAN: {
    message: "A boolean is neither 0 nor 1",
    where: "field and byte offset",
    why: "The bytes were written with another schema.",
    remedy:
      "Compare the record (`millrace dlq show`) with the schema of its stream (`millrace stream show`), and write it anew with that one."
  },
  UNRESOLVED: {
    message: "The reader's schema has no place for this value",
    where: "field",
    why: "The writer's union branch or enum symbol is unknown to the reader.",
    remedy: "Add the branch or symbol, or a default, to the reader's contract."
  },
  WRONG_TYPE: {
    message: "A value is of another type than its field",
    where: "field",
    why: "The plugin gave a value that its output contract does not allow.",
    remedy: "Give a value of the type that the message names."
  },
  OUT_OF_RANGE: {
    message: "A number or time is out of its type's range",
    where: "field",
    why: "Int is a safe integer, dates and instants have bounds, decimals a precision.",
    remedy: "Use a wider type (`Avro.Long`, `Avro.Decimal`), or correct the value."
  },
  TOO_MANY_ITEMS: {
    message: "An array or map has too many items",
    where: "field",
    why: "Counts are bounded before memory is taken.",
    remedy: "Split the record."
  },
  TOO_DEEP: {
    message: "A value nests too deep",
    where: "field",
    why: "Depth is bounded, so that no value can exhaust the stack.",
    remedy: "Flatten the value."
  },
  TOO_LARGE: {
    message: "A record, key or frame is larger than its format allows",
    where: "field or byte offset",
    why: "Sizes are bounded (docs/formats/batch.md).",
    remedy: "Make the record smaller; keep large things elsewhere and refer to them."
  },
  CHECK_FAILED: {
    message: "A value fails a check of its contract",
    where: "field",
    why: "A contract's checks (ranges, lengths, patterns) are compiled into the codec.",
    remedy: "Correct the value, or the check."
  },
  BAD_MAGIC: {
    message: "The bytes are not a frame of Millrace, or of another version",
    where: "byte offset",
    why: "The log is damaged, or was written by another release.",
    remedy: "Run the release that wrote the data folder; if it is this one, restore the folder from a backup."
  },
  BAD_VALUE: {
    message: "A field of a frame holds what its format forbids",
    where: "byte offset",
    why: "The log is damaged, or was written by another release.",
    remedy: "Run the release that wrote the data folder; if it is this one, restore the folder from a backup."
  }
}
