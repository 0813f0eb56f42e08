/**
 * Codes of what can be wrong with a pipeline; public and stable. A code tells a program what happened, the message tells
 * a person, the remedy what to do about it.
 */
export type ProblemCode =
  | "PIPELINE_SYNTAX"
  | "PIPELINE_TOO_LARGE"
  | "PIPELINE_INVALID"
  | "UNKNOWN_KEY"
  | "NAME_INVALID"
  | "DUPLICATE_NAME"
  | "UNKNOWN_NODE"
  | "UNKNOWN_INPUT"
  | "UNKNOWN_OUTPUT"
  | "UNKNOWN_TABLE"
  | "INPUT_MISSING"
  | "TABLE_MISSING"
  | "MISSING_FROM"
  | "PIPELINE_CYCLE"
  | "VARIABLE_MISSING"
  | "UNKNOWN_VARIABLE"
  | "UNKNOWN_PACKAGE"
  | "UNKNOWN_VERSION"
  | "UNKNOWN_PLUGIN"
  | "RESOLVE_FAILED"
  | "MODULE_MISSING"
  | "WRONG_KIND"
  | "UNKNOWN_CONFIG_KEY"
  | "CONFIG_INVALID"
  | "EXPRESSION_SYNTAX"
  | "EXPRESSION_TYPE"
  | "UNKNOWN_FIELD"
  | "FIELD_EXISTS"
  | "NAME_CONFLICT"
  | "SCHEMA_INVALID"
  | "SCHEMA_MISMATCH"
  | "DERIVE_FAILED"
  | "DERIVE_INVALID"
  | "LOCK_MISMATCH"
  | "KEY_MISSING"
  | "KEY_INVALID"
  | "STREAM_UNKNOWN"
  | "STREAM_TAKEN"
  | "PARTITIONS_CHANGED"

/** One thing that is wrong, where it stands, and what to do. */
export interface Problem {
  readonly code: ProblemCode
  readonly message: string
  /** Place in the pipeline, `nodes.rated.with.where`; empty for the file as a whole. */
  readonly path: string
  /** From 1; absent for a pipeline that has no text (one made by a program). */
  readonly line?: number
  /** From 1, in UTF-16 units. */
  readonly column?: number
  readonly remedy: string
}

/** Segments of a place in the pipeline: keys and list positions. */
export type Path = readonly (string | number)[]

/** `nodes.rated.with["odd key"].fields[2]`. */
export const formatPath = (path: Path): string =>
  path.reduce<string>((text, segment) => {
    if (typeof segment === "number") return `${text}[${segment}]`
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(segment)) return `${text}[${JSON.stringify(segment)}]`
    return text === "" ? segment : `${text}.${segment}`
  }, "")

/** A problem before it is given a place in the text; `offset` counts UTF-16 units within the string at `path`. */
export interface Finding {
  readonly code: ProblemCode
  readonly message: string
  readonly path: Path
  /** Points at the key instead of the value. */
  readonly at?: "key"
  readonly offset?: number
  /** Absolute place in the text, where no value stands at the path. */
  readonly textOffset?: number
  readonly remedy: string
}

/** One line for a terminal: `movies.pipeline.yaml:6:14 UNKNOWN_FIELD at nodes.rated.with.where: … Remedy`. */
export const formatProblem = (problem: Problem, file: string): string => {
  const place = problem.line === undefined ? file : `${file}:${problem.line}:${problem.column ?? 1}`
  const at = problem.path === "" ? "" : ` at ${problem.path}`
  return `${place} ${problem.code}${at}: ${problem.message}\n  ${problem.remedy}`
}
