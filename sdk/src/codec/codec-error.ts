/**
 * Thrown when no codec can be made of a schema or view: the planner's fault or a schema's, found before any record.
 * `UNRESOLVABLE` the reader's schema cannot read the writer's · `UNKNOWN_FIELD` a view names a field that is not there ·
 * `NOT_A_RECORD` · `NOT_A_KEY` a type that cannot be a key (docs/formats/key.md) · `DIFFERENT_SCHEMA` a field to be copied as
 * bytes has another schema in the output · `BAD_CHECK` an ill-formed `millrace.checks` · `BAD_DEFAULT`.
 */
export type CodecErrorCode =
  | "UNRESOLVABLE"
  | "UNKNOWN_FIELD"
  | "NOT_A_RECORD"
  | "NOT_A_KEY"
  | "DIFFERENT_SCHEMA"
  | "BAD_CHECK"
  | "BAD_DEFAULT"

export class CodecError extends Error {
  readonly _tag = "CodecError"
  readonly code: CodecErrorCode
  /** The field; empty for the whole. */
  readonly path: string

  constructor(code: CodecErrorCode, path: string, detail: string) {
    super(path === "" ? detail : `${path}: ${detail}`)
    this.code = code
    this.path = path
  }
}
