import type { CodecErrorCode } from "../../../sdk/src/codec/codec-error.ts"
import type { ResolutionProblemKind } from "../../../sdk/src/avro/resolution.ts"
import type { AvroSchemaErrorCode } from "../../../sdk/src/avro/parse/schema-error.ts"
import type { Rows } from "./row.ts"

const inSchema = "the path in the schema: `fields[2].type.items`"

const parsing: Rows<AvroSchemaErrorCode> = {
  AVRO_JSON: {
    message: "The text is not JSON",
    where: "line and column",
    why: "An Avro schema is JSON.",
    remedy: "Correct the JSON at this line and column; comments and trailing commas are none."
  },
  AVRO_LIMIT: {
    message: "The schema is too long, too deep, or has too many parts",
    where: inSchema,
    why: "Schemas come from outside and are bounded.",
    remedy: "Split the record."
  },
  AVRO_ATTRIBUTE: {
    message: "An attribute is missing, of the wrong type, or has no meaning here",
    where: inSchema,
    why: "Attributes that Avro defines are checked.",
    remedy: "Write what the message names."
  },
  AVRO_NAME: {
    message: "A name is none that Avro allows",
    where: inSchema,
    why: "Names are letters, digits and _, not beginning with a digit; namespaces are joined by dots.",
    remedy: "Rename it; in a contract, `sourceName` keeps the source's own name."
  },
  AVRO_DUPLICATE: {
    message: "Two types, fields, symbols or union branches share a name",
    where: inSchema,
    why: "They are told apart by name.",
    remedy: "Rename one of them."
  },
  AVRO_UNKNOWN_TYPE: {
    message: "There is no type of this name",
    where: inSchema,
    why: "It is neither primitive nor defined before its use.",
    remedy: "Define it before its first use, or correct the name."
  },
  AVRO_NESTED_UNION: {
    message: "A union stands directly in a union",
    where: inSchema,
    why: "Avro does not allow it.",
    remedy: "Write the branches into one union."
  },
  AVRO_DEFAULT: {
    message: "A default is no value of its type",
    where: inSchema,
    why: "Defaults stand in for missing fields and must be whole.",
    remedy: "Give a value of the type; for a union, of one of its branches."
  }
}

const contract: Rows = {
  CONTRACT_WITHOUT_AVRO_FORM: {
    message: "A part of the contract cannot be written as Avro",
    where: "the path in the schema: `director.born`, `lines[]`, `prices{}`",
    why: "Records travel as Avro; not every Effect Schema has such a form.",
    remedy: "Use what the message names instead; all such parts are listed at once."
  }
}

const field = "the path in the reader's schema"

const resolving: Rows<ResolutionProblemKind> = {
  NAME_MISMATCH: {
    message: "Writer and reader name different types",
    where: field,
    why: "Named types are matched by name or alias.",
    remedy: "Use the same name, or give the reader's type an alias."
  },
  FIXED_SIZE_MISMATCH: {
    message: "Two fixed types differ in size",
    where: field,
    why: "A fixed value is as long as its type says.",
    remedy: "Keep the size, or use bytes."
  },
  MISSING_ENUM_SYMBOLS: {
    message: "The reader's enum lacks symbols of the writer's, and has no default",
    where: field,
    why: "A record with such a symbol could not be read.",
    remedy: "Add the symbols, or a default, to the reader's enum."
  },
  READER_FIELD_MISSING_DEFAULT_VALUE: {
    message: "The reader has a field that the writer has not, without a default",
    where: field,
    why: "Records that are there have no value for it.",
    remedy: "Give the field a default, or let it be NULL."
  },
  TYPE_MISMATCH: {
    message: "Writer and reader have types that do not go together",
    where: field,
    why: "Avro promotes int to long, float and double, long to float and double, and string to bytes and back; nothing else.",
    remedy: "Keep the type, or add a field of the new type under another name."
  },
  MISSING_UNION_BRANCH: {
    message: "The reader's union lacks a branch of the writer's",
    where: field,
    why: "A record with such a value could not be read.",
    remedy: "Add the branch."
  },
  LOGICAL_TYPE_MISMATCH: {
    message: "The same bytes mean different things: another logical type, scale or unit",
    where: field,
    why: "Reading milliseconds as microseconds would be silently wrong.",
    remedy: "Keep the logical type, or add a field of the new one under another name."
  }
}

const compiling: Rows<CodecErrorCode> = {
  UNRESOLVABLE: {
    message: "The reader's schema cannot read the writer's",
    where: "the field",
    why: "See the codes of resolution above; the message carries them.",
    remedy: "Change one of the two as they say."
  },
  UNKNOWN_FIELD: {
    message: "A field is named that the schema has not",
    where: "the field",
    why: "The plugin and the stream do not fit; the plan should have found it.",
    remedy: "Plan again; tell the plugin's author if it is accepted."
  },
  NOT_A_RECORD: {
    message: "A record schema is needed",
    where: "the schema",
    why: "Streams are of records.",
    remedy: "Wrap the value in a record."
  },
  NOT_A_KEY: {
    message: "A field's type cannot be a key",
    where: "the field",
    why: "Keys are plain values (docs/formats/key.md).",
    remedy: "Choose another field."
  },
  DIFFERENT_SCHEMA: {
    message: "A field that is to be copied has another schema in the output",
    where: "the field",
    why: "Bytes are copied as they are.",
    remedy: "Tell the plugin's author."
  },
  BAD_CHECK: {
    message: "A check in the schema is malformed",
    where: "the field",
    why: "Checks of a contract travel as `millrace.checks` in its Avro schema.",
    remedy: "Correct the schema, or make it from the contract again."
  },
  BAD_DEFAULT: {
    message: "A default is none that can be written",
    where: "the field",
    why: "It does not fit its type or its checks.",
    remedy: "Correct the default."
  }
}

export const schemaErrors: Rows = { ...parsing, ...contract, ...resolving, ...compiling }
