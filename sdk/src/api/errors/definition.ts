/** A row of the table of errors: everything that docs/errors.md says of a code. */
export interface ErrorDefinition {
  /** HTTP status of a reply that carries it. */
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 507
  /** What: one sentence; `{field}` stands for the field's value. */
  readonly message: string
  /** Where: the place that the reply's `path` or the message points at. */
  readonly where: string
  /** Why it is refused, or how it comes about. */
  readonly why: string
  /** What to do about it: commands of the command line, not routes. */
  readonly remedy: string
  /** The only values that are shown: in the message and as `details`. */
  readonly fields: readonly string[]
}

/** Keeps the literal types of one area's rows. */
export const errorTable = <const T extends { readonly [code: string]: ErrorDefinition }>(rows: T): T => rows
