import { ingestErrors } from "./errors/ingest-errors.ts"
import { observeErrors } from "./errors/observe-errors.ts"
import { packageErrors } from "./errors/package-errors.ts"
import { pipelineErrors } from "./errors/pipeline-errors.ts"
import { requestErrors } from "./errors/request-errors.ts"
import { secretErrors } from "./errors/secret-errors.ts"
import { subjectErrors } from "./errors/subject-errors.ts"

export type { ErrorDefinition } from "./errors/definition.ts"

/**
 * The one table of errors: every code that the HTTP API answers with, by area in `errors/`. Codes are public and never
 * change their meaning. docs/errors.md is made from it.
 */
export const errors = {
  ...requestErrors,
  ...packageErrors,
  ...subjectErrors,
  ...pipelineErrors,
  ...secretErrors,
  ...ingestErrors,
  ...observeErrors
} as const

export type ErrorCode = keyof typeof errors
/** The values that an error of this code shows. */
export type ErrorFields<C extends ErrorCode> = {
  readonly [F in (typeof errors)[C]["fields"][number]]?: string | number | readonly string[]
}
