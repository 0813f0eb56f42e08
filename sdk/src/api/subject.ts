import * as Schema from "effect/Schema"
import { created, defineEndpoint, json, ok } from "./endpoint.ts"
import { pageQuery } from "./page.ts"

/** Confluent's seven modes. A transitive one checks all versions, the others the latest. */
export const CompatibilityMode = Schema.Literals([
  "NONE",
  "BACKWARD",
  "BACKWARD_TRANSITIVE",
  "FORWARD",
  "FORWARD_TRANSITIVE",
  "FULL",
  "FULL_TRANSITIVE"
])
export type CompatibilityMode = typeof CompatibilityMode.Type

/** A subject names a line of schemas; a stream's subject is the stream's name. */
export const SubjectName = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/u, { expected: "a subject such as studio.movies" }),
  Schema.isMaxLength(200)
)

/** A subject that is there: clients of the schema registry may have given it any name. */
const AnySubjectName = Schema.String.check(Schema.isPattern(/^[^\p{Cc}]{1,512}$/u, { expected: "a subject" }))

export const SubjectVersion = Schema.Struct({
  subject: AnySubjectName,
  version: Schema.Int,
  /** The schema's global id: dense, the same for the same text. */
  id: Schema.Int,
  /** The schema's text, as it is hashed and stored. */
  schema: Schema.String,
  /** Fields of the record key. */
  key: Schema.Array(Schema.String),
  registeredAt: Schema.Int,
  registeredBy: Schema.String
})
export type SubjectVersion = typeof SubjectVersion.Type

export const SubjectSummary = Schema.Struct({
  subject: AnySubjectName,
  compatibility: CompatibilityMode,
  latest: Schema.Int
})
export type SubjectSummary = typeof SubjectSummary.Type

/** One reason why two schemas do not go together. */
export const SchemaDifference = Schema.Struct({ path: Schema.String, message: Schema.String })
export type SchemaDifference = typeof SchemaDifference.Type

export const CompatibilityReport = Schema.Struct({
  compatible: Schema.Boolean,
  mode: CompatibilityMode,
  /** Version that it was first found to clash with; null when it goes with all that the mode asks for. */
  version: Schema.NullOr(Schema.Int),
  differences: Schema.Array(SchemaDifference)
})
export type CompatibilityReport = typeof CompatibilityReport.Type

const subjectParams = Schema.Struct({ subject: AnySubjectName })
/** The schema as JSON (an object, a list or a name), or as a string that holds its text. */
const schemaBody = Schema.Struct({
  schema: Schema.Unknown,
  key: Schema.optionalKey(
    Schema.Array(Schema.String.check(Schema.isMaxLength(200))).check(Schema.isMaxLength(32))
  )
})

export const subjectEndpoints = [
  defineEndpoint({
    id: "listSubjects",
    method: "GET",
    path: "/api/subjects",
    tag: "subjects",
    summary: "List subjects by name",
    access: "read",
    query: pageQuery,
    success: ok(
      json(Schema.Struct({ subjects: Schema.Array(SubjectSummary), next: Schema.NullOr(Schema.String) }))
    ),
    errors: []
  }),
  defineEndpoint({
    id: "listSubjectVersions",
    method: "GET",
    path: "/api/subjects/:subject/versions",
    tag: "subjects",
    summary: "List the versions of a subject, oldest first",
    access: "read",
    params: subjectParams,
    success: ok(json(Schema.Struct({ ...SubjectSummary.fields, versions: Schema.Array(SubjectVersion) }))),
    errors: ["SUBJECT_UNKNOWN"]
  }),
  defineEndpoint({
    id: "getSubjectVersion",
    method: "GET",
    path: "/api/subjects/:subject/versions/:version",
    tag: "subjects",
    summary: "Show a version of a subject, or its latest",
    access: "read",
    params: Schema.Struct({
      subject: AnySubjectName,
      version: Schema.String.check(
        Schema.isPattern(/^(?:latest|[1-9][0-9]{0,8})$/u, { expected: "a number or latest" })
      )
    }),
    success: ok(json(SubjectVersion)),
    errors: ["SUBJECT_UNKNOWN", "SUBJECT_VERSION_UNKNOWN"]
  }),
  defineEndpoint({
    id: "registerSchema",
    method: "POST",
    path: "/api/subjects/:subject/versions",
    tag: "subjects",
    summary: "Register a schema; the same text again answers the version that has it",
    access: "schemas",
    resource: "subject",
    params: Schema.Struct({ subject: SubjectName }),
    body: json(schemaBody),
    success: created(json(SubjectVersion)),
    errors: [
      "SCHEMA_INVALID",
      "SCHEMA_INCOMPATIBLE",
      "SUBJECT_IMPORTING",
      "SUBJECT_KEY_CHANGED",
      "SUBJECT_READ_ONLY"
    ]
  }),
  defineEndpoint({
    id: "checkSchema",
    method: "POST",
    path: "/api/subjects/:subject/compatibility",
    tag: "subjects",
    summary: "Say whether a schema could be registered, and why not",
    access: "schemas",
    resource: "subject",
    params: subjectParams,
    body: json(schemaBody),
    success: ok(json(CompatibilityReport)),
    errors: ["SCHEMA_INVALID"]
  }),
  defineEndpoint({
    id: "setCompatibility",
    method: "PUT",
    path: "/api/subjects/:subject/compatibility",
    tag: "subjects",
    summary: "Set a subject's compatibility mode",
    access: "schemas",
    resource: "subject",
    params: subjectParams,
    body: json(Schema.Struct({ compatibility: CompatibilityMode })),
    success: ok(json(SubjectSummary)),
    errors: ["SUBJECT_UNKNOWN"]
  }),
  defineEndpoint({
    id: "getSchema",
    method: "GET",
    path: "/api/schemas/:id",
    tag: "subjects",
    summary: "Show a schema by its global id",
    access: "read",
    params: Schema.Struct({
      id: Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 2147483647 }))
    }),
    success: ok(json(Schema.Struct({ id: Schema.Int, schema: Schema.String, sha256: Schema.String }))),
    errors: ["SCHEMA_UNKNOWN"]
  })
] as const
