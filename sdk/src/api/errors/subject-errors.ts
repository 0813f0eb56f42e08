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
  SUBJECT_KEY_CHANGED: {
    status: 409,
    message: "The key of {subject} is {existing}, not {key}",
    where: "the key of the contract",
    why: "Partitions, state and order go by the key.",
    remedy: "Keep the key; another key needs another subject.",
    fields: ["subject", "existing", "key"]
  }
})
