import { errorTable } from "./definition.ts"

/** Subjects and their schemas. */
export const subjectErrors = errorTable({
  SUBJECT_UNKNOWN: {
    status: 404,
    message: "There is no subject {subject}",
    where: "the subject's name",
    why: "No stream and no publisher has registered a schema under this name.",
    remedy: "Check the name with `millrace search`.",
    fields: ["subject"]
  },
  SUBJECT_VERSION_UNKNOWN: {
    status: 404,
    message: "The subject {subject} has no version {version}",
    where: "the version",
    why: "Versions of a subject are numbered from 1 without gaps.",
    remedy: "Choose one of the versions that `millrace show {subject}` lists, or `latest`.",
    fields: ["subject", "version"]
  },
  SCHEMA_UNKNOWN: {
    status: 404,
    message: "There is no schema with id {id}",
    where: "the schema's id",
    why: "Ids are given by this registry; an id of another one means nothing here.",
    remedy: "Check the id, and that the record was written with this registry.",
    fields: ["id"]
  },
  SCHEMA_INVALID: {
    status: 422,
    message: "The Avro schema is refused: {problem}",
    where: "`path`: the place in the schema",
    why: "A schema is parsed strictly by Avro 1.12 before anything uses it.",
    remedy: "Correct the schema at the path.",
    fields: ["problem"]
  },
  SCHEMA_INCOMPATIBLE: {
    status: 409,
    message: "The schema is not {mode} compatible with version {version} of {subject}",
    where: "`details.differences`: every place that clashes",
    why: "Readers of the subject, or the records that they have yet to read, would break.",
    remedy: "Undo the changes listed, or register it under a new subject.",
    fields: ["subject", "version", "mode", "differences"]
  },
  SCHEMA_REGISTRY_REFUSED: {
    status: 409,
    message: "The schema registry of the config refuses the schema of {subject}: {reason}",
    where: "the stream, and `kafka.schemaRegistry` of the platform's config",
    why: "Streams on Kafka are registered there, by its subjects' compatibility and by what the user may do.",
    remedy: "Undo the change, name another stream, or have the registry let it in.",
    fields: ["subject", "reason"]
  },
  SCHEMA_REGISTRY_UNAVAILABLE: {
    status: 503,
    message: "The schema registry of the config cannot be asked: {reason}",
    where: "`kafka.schemaRegistry` of the platform's config",
    why: "Streams on Kafka are registered there before they are written.",
    remedy:
      "Look at the registry and its URL, and repeat it. What runs goes on, but for streams whose schema it has not been asked for yet.",
    fields: ["reason"]
  },
  SUBJECT_KEY_CHANGED: {
    status: 409,
    message: "The key of {subject} is {existing}, not {key}",
    where: "the key of the contract",
    why: "Partitions, state and order go by the key.",
    remedy: "Keep the key; another key needs another subject.",
    fields: ["subject", "existing", "key"]
  },
  SCHEMA_REFERENCE_UNKNOWN: {
    status: 422,
    message: "The schema refers to version {version} of {subject}, which is not there",
    where: "the reference in the request",
    why: "What a schema refers to has to be registered before it, and not deleted.",
    remedy: "Register the schema that is referred to first, or correct the reference's subject and version.",
    fields: ["subject", "version"]
  },
  SCHEMA_ID_TAKEN: {
    status: 409,
    message: "The id {id} belongs to another schema",
    where: "the id of the request",
    why: "An id names one schema for good, in every context; records are read by it.",
    remedy: "Import the schema with another id, or into a registry of its own.",
    fields: ["id"]
  },
  SCHEMA_ID_MISMATCH: {
    status: 409,
    message: "The schema has the id {known} already, not {id}",
    where: "the id of the request",
    why: "The same schema has the same id in all subjects of a context.",
    remedy: "Leave the id out, or import into a context of its own.",
    fields: ["id", "known"]
  },
  SUBJECT_READ_ONLY: {
    status: 409,
    message: "The subject {subject} is in the mode {mode}",
    where: "the mode of the subject, of its context, or of all",
    why: "Somebody set the mode through the schema registry's API, so that nothing is written.",
    remedy: "Set the mode READWRITE with a client of the schema registry.",
    fields: ["subject", "mode"]
  },
  SUBJECT_IMPORTING: {
    status: 409,
    message: "The subject {subject} is in the mode IMPORT: a schema has to bring its id",
    where: "the mode of the subject, of its context, or of all",
    why: "While schemas are imported with the ids of another registry, none is given here.",
    remedy: "Send the schema's id, or set the mode READWRITE with a client of the schema registry.",
    fields: ["subject"]
  },
  SUBJECT_NOT_IMPORTING: {
    status: 409,
    message: "The subject {subject} is not in the mode IMPORT: a schema cannot bring its id",
    where: "the id of the request",
    why: "Ids are given by the registry, but to schemas of another registry that are imported.",
    remedy:
      "Leave the id out, or set the subject's mode to IMPORT first with a client of the schema registry.",
    fields: ["subject"]
  },
  SUBJECT_VERSION_NOT_NEXT: {
    status: 422,
    message: "The next version of {subject} is {next}, not {version}",
    where: "the version of the request",
    why: "Versions of a subject are numbered one after the other.",
    remedy: "Leave the version out.",
    fields: ["subject", "version", "next"]
  },
  SUBJECT_VERSION_TAKEN: {
    status: 409,
    message: "Version {version} of {subject} is another schema",
    where: "the version of the request",
    why: "A version never changes.",
    remedy: "Import it as another version; a deleted one has to be deleted for good first.",
    fields: ["subject", "version"]
  }
})
