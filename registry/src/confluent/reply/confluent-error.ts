import * as Schema from "effect/Schema"
import { placeText, type SubjectPlace } from "../../subject/subject-place.ts"

/** A refusal in the form of Confluent's API: `{error_code, message}`. `code` begins with the HTTP status, as its clients expect. */
export class ConfluentError extends Schema.TaggedError<ConfluentError>()("ConfluentError", {
  status: Schema.Int,
  code: Schema.Int,
  message: Schema.String
}) {}

const maxMessage = 16_384

const refuse = (code: number, message: string): ConfluentError =>
  new ConfluentError({
    status: code >= 1000 ? Math.floor(code / 100) : code,
    code,
    message: message.length > maxMessage ? `${message.slice(0, maxMessage)}…` : message
  })

/** Every refusal of the API, by its documented code. Messages name the subject as Confluent's do. */
export const refusals = {
  badRequest: (problem: string) => refuse(400, problem),
  unauthenticated: (problem: string) => refuse(401, problem),
  forbidden: (problem: string) => refuse(403, problem),
  noRoute: (method: string, path: string) =>
    refuse(404, `There is no ${method} ${path} in the schema registry's API.`),
  unsupportedType: () =>
    refuse(415, "Send the body as application/vnd.schemaregistry.v1+json or application/json."),
  subjectNotFound: (place: SubjectPlace) => refuse(40401, `Subject '${placeText(place)}' not found.`),
  versionNotFound: (version: number) => refuse(40402, `Version ${version} not found.`),
  schemaNotFound: (what?: number | string) =>
    refuse(40403, what === undefined ? "Schema not found" : `Schema ${what} not found`),
  subjectSoftDeleted: (place: SubjectPlace) =>
    refuse(
      40404,
      `Subject '${placeText(place)}' was soft deleted. Set permanent=true to delete permanently.`
    ),
  subjectNotSoftDeleted: (place: SubjectPlace) =>
    refuse(40405, `Subject '${placeText(place)}' was not deleted first before being permanently deleted.`),
  versionSoftDeleted: (place: SubjectPlace, version: number) =>
    refuse(
      40406,
      `Subject '${placeText(place)}' Version ${version} was soft deleted. Set permanent=true to delete permanently.`
    ),
  versionNotSoftDeleted: (place: SubjectPlace, version: number) =>
    refuse(
      40407,
      `Subject '${placeText(place)}' Version ${version} was not deleted first before being permanently deleted.`
    ),
  noCompatibility: (place: SubjectPlace) =>
    refuse(40408, `Subject '${placeText(place)}' does not have subject-level compatibility configured.`),
  noMode: (place: SubjectPlace) =>
    refuse(40409, `Subject '${placeText(place)}' does not have subject-level mode configured.`),
  incompatible: (place: SubjectPlace, messages: readonly string[]) =>
    refuse(
      40901,
      `Schema being registered is incompatible with an earlier schema for subject "${placeText(place)}", details: [${messages.join(", ")}]`
    ),
  invalidSchema: (problem: string) => refuse(42201, problem),
  invalidVersion: (given: string) =>
    refuse(
      42202,
      `The specified version '${given}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest".`
    ),
  invalidCompatibility: () =>
    refuse(
      42203,
      "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive."
    ),
  unsupportedConfig: (name: string) =>
    refuse(
      42203,
      `The setting '${name}' is not supported here. Only compatibility and normalize can be set.`
    ),
  invalidMode: () =>
    refuse(42204, "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE and IMPORT."),
  notPermitted: (problem: string) => refuse(42205, problem),
  referenceExists: (place: SubjectPlace, version: number) =>
    refuse(42206, `One or more references exist to the schema '${placeText(place)}' Version ${version}.`),
  idMismatch: (problem: string) => refuse(42207, problem),
  invalidSubject: (given: string) => refuse(42208, `The specified subject '${given}' is not valid.`),
  tooLarge: (problem: string) => refuse(42209, problem),
  contextNotEmpty: (context: string) => refuse(42211, `The specified context '${context}' is not empty.`),
  store: (problem: string) => refuse(50001, problem),
  notLeader: (problem: string) => refuse(50004, problem),
  inside: (reference: string) =>
    refuse(50001, `The registry failed inside; its log has the cause under ${reference}.`)
} as const
