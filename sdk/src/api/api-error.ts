import * as Schema from "effect/Schema"
import { type ErrorCode, type ErrorDefinition, type ErrorFields, errors } from "./errors.ts"

/**
 * An expected failure of the control plane: what the server answers with and what the client fails with.
 * `code` is a row of the table of errors (a newer server may know more), `path` the place in the request (`body.schema.fields[2]`).
 */
export class ApiError extends Schema.TaggedError<ApiError>()("ApiError", {
  code: Schema.String,
  status: Schema.Int,
  message: Schema.String,
  path: Schema.optionalKey(Schema.String),
  remedy: Schema.optionalKey(Schema.String),
  details: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
}) {}

/** The body of every reply that is not a success. */
export const ErrorBody = Schema.Struct({
  error: Schema.Struct({
    code: Schema.String,
    message: Schema.String,
    path: Schema.optionalKey(Schema.String),
    remedy: Schema.optionalKey(Schema.String),
    details: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
  })
})
export type ErrorBody = typeof ErrorBody.Type

const maxFieldLength = 500

// Fields come from outside: a line break or an escape sequence in one would forge a line of a log or a terminal.
const printable = (value: unknown): string =>
  String(Array.isArray(value) ? value.join(", ") : value)
    .slice(0, maxFieldLength)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)

/** An error of the table with its fields filled in. Fields that the table does not name cannot be given. */
export const apiError = <C extends ErrorCode>(code: C, fields: ErrorFields<C>, path?: string): ApiError => {
  const row: ErrorDefinition = errors[code]
  const values = new Map<string, unknown>(Object.entries(fields))
  const filled = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (_, field: string) => printable(values.get(field) ?? "?"))
  const shown = row.fields.filter((field) => values.get(field) !== undefined)
  return new ApiError({
    code,
    status: row.status,
    message: filled(row.message),
    remedy: filled(row.remedy),
    ...(path === undefined ? {} : { path }),
    ...(shown.length === 0
      ? {}
      : { details: Object.fromEntries(shown.map((field) => [field, values.get(field)])) })
  })
}

/** The reply's body for an error. */
export const toErrorBody = (error: ApiError): ErrorBody => ({
  error: {
    code: error.code,
    message: error.message,
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    ...(error.details === undefined ? {} : { details: error.details })
  }
})
