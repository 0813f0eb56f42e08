/** A row of the table of errors. */
export interface ErrorDefinition {
  /** HTTP status of a reply that carries it. */
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 507
  /** One sentence; `{field}` stands for the field's value. */
  readonly message: string
  /** What to do about it. */
  readonly remedy: string
  /** The only values that are shown: in the message and as `details`. */
  readonly fields: readonly string[]
}

const table = <const T extends { readonly [code: string]: ErrorDefinition }>(rows: T): T => rows

/**
 * The one table of errors: every code that the HTTP API answers with. Codes are public and never change their meaning.
 * Other parts of the control plane add their rows here.
 */
export const errors = table({
  // Any request
  REQUEST_INVALID: {
    status: 400,
    message: "The request does not fit: {problem}",
    remedy: "Correct the value at the path; /api/openapi.json describes what each operation takes.",
    fields: ["problem"]
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    message: "The body is larger than {maxBytes} bytes",
    remedy: "Send a smaller body.",
    fields: ["maxBytes"]
  },
  REQUEST_INCOMPLETE: {
    status: 400,
    message: "The body ended before all of it had come",
    remedy: "Send it again.",
    fields: []
  },
  CONTENT_TYPE_UNSUPPORTED: {
    status: 415,
    message: "The body must be {expected}",
    remedy: "Set the Content-Type header to the type of the body.",
    fields: ["expected"]
  },
  ROUTE_UNKNOWN: {
    status: 404,
    message: "There is nothing at {method} {path}",
    remedy: "Look the operation up in /api/openapi.json.",
    fields: ["method", "path"]
  },
  HOST_REFUSED: {
    status: 403,
    message: "This server does not answer to the host name of the request",
    remedy: "Call it as localhost, or start it with the host name allowed.",
    fields: []
  },
  ORIGIN_REFUSED: {
    status: 403,
    message: "A page of another site may not call this server",
    remedy: "Call it from its own pages, or from a program.",
    fields: []
  },
  UNAUTHENTICATED: {
    status: 401,
    message: "The request carries no valid token",
    remedy: "Send `Authorization: Bearer TOKEN` with a token that is neither revoked nor expired.",
    fields: []
  },
  FORBIDDEN: {
    status: 403,
    message: "The token does not allow {scope}",
    remedy: "Use a token with that scope, or ask an administrator for one.",
    fields: ["scope"]
  },
  STORE_FAILED: {
    status: 503,
    message: "The registry could not reach its store: {reason}",
    remedy: "See the log for the cause; repeat the request once the store is well again.",
    fields: ["reason"]
  },
  STORE_FULL: {
    status: 507,
    message: "The registry's disk is full",
    remedy: "Make room and repeat the request; nothing was changed.",
    fields: []
  },
  INTERNAL: {
    status: 500,
    message: "Something went wrong inside; the log has it under {reference}",
    remedy: "Report it with the reference.",
    fields: ["reference"]
  },
  // Packages
  PACKAGE_UNKNOWN: {
    status: 404,
    message: "There is no package {package}",
    remedy: "Check the name with `GET /api/packages`.",
    fields: ["package", "didYouMean"]
  },
  VERSION_UNKNOWN: {
    status: 404,
    message: "There is no version {version} of {package}",
    remedy: "Choose one of the published versions.",
    fields: ["package", "version", "published"]
  },
  VERSION_EXISTS: {
    status: 409,
    message: "{package}@{version} was published before; versions never change",
    remedy: "Raise the version and publish again.",
    fields: ["package", "version"]
  },
  RANGE_UNSATISFIED: {
    status: 404,
    message: "No version of {package} satisfies {range}",
    remedy: "Widen the range, or publish a version that satisfies it.",
    fields: ["package", "range", "published"]
  },
  NAME_TOO_SIMILAR: {
    status: 409,
    message: "{name} can be mistaken for {existing}",
    remedy: "Choose a name that differs in more than hyphens and look-alike characters.",
    fields: ["name", "existing"]
  },
  ARCHIVE_INVALID: {
    status: 422,
    message: "The archive is refused: {problem}",
    remedy: "Build the archive with `millrace build` and publish that file.",
    fields: ["problem", "entry"]
  },
  ARCHIVE_CORRUPT: {
    status: 500,
    message: "The stored archive of {package}@{version} is missing or damaged",
    remedy: "Restore the archive from a backup, or yank the version.",
    fields: ["package", "version"]
  },
  MANIFEST_INVALID: {
    status: 422,
    message: "manifest.json is refused: {problem}",
    remedy: "Build the archive with `millrace build` and publish that file.",
    fields: ["problem"]
  },
  MANIFEST_MISMATCH: {
    status: 422,
    message: "manifest.json does not say what {other} says",
    remedy: "Build the archive again; manifest and bundle must come from one build.",
    fields: ["other"]
  },
  BUNDLE_REFUSED: {
    status: 422,
    message: "The bundle does not load in the sandbox: {problem}",
    remedy: "Run `millrace build`; it reports what the sandbox does not offer.",
    fields: ["problem"]
  },
  PERMISSIONS_WIDENED: {
    status: 409,
    message: "{package}@{version} asks for more than {previous} did: {added}",
    remedy: "Publish it as a new major version, so that nobody gets wider permissions by an upgrade.",
    fields: ["package", "version", "previous", "added"]
  },
  CONTRACT_BROKEN: {
    status: 409,
    message: "{package}@{version} breaks what worked with {previous}: {breaks}",
    remedy: "Undo the changes, or publish it as a new major version.",
    fields: ["package", "version", "previous", "breaks"]
  },
  // Subjects
  SUBJECT_UNKNOWN: {
    status: 404,
    message: "There is no subject {subject}",
    remedy: "Check the name with `GET /api/subjects`.",
    fields: ["subject"]
  },
  SUBJECT_VERSION_UNKNOWN: {
    status: 404,
    message: "The subject {subject} has no version {version}",
    remedy: "Choose one of its versions, or `latest`.",
    fields: ["subject", "version"]
  },
  SCHEMA_UNKNOWN: {
    status: 404,
    message: "There is no schema with id {id}",
    remedy: "Check the id.",
    fields: ["id"]
  },
  SCHEMA_INVALID: {
    status: 422,
    message: "The Avro schema is refused: {problem}",
    remedy: "Correct the schema at the path.",
    fields: ["problem"]
  },
  SCHEMA_INCOMPATIBLE: {
    status: 409,
    message: "The schema is not {mode} compatible with version {version} of {subject}",
    remedy: "Undo the changes listed, or register it under a new subject.",
    fields: ["subject", "version", "mode", "differences"]
  },
  SUBJECT_KEY_CHANGED: {
    status: 409,
    message: "The key of {subject} is {existing}, not {key}",
    remedy: "Keep the key; partitions and state go by it. Another key needs another subject.",
    fields: ["subject", "existing", "key"]
  },
  // Pipelines, grants, tokens
  PIPELINE_UNKNOWN: {
    status: 404,
    message: "There is no pipeline {pipeline}",
    remedy: "Check the name with `millrace pipeline list` (`GET /api/pipelines`).",
    fields: ["pipeline"]
  },
  REVISION_UNKNOWN: {
    status: 404,
    message: "The pipeline {pipeline} has no revision {revision}",
    remedy: "Choose one of `GET /api/pipelines/NAME/revisions`.",
    fields: ["pipeline", "revision"]
  },
  PIPELINE_CHANGED: {
    status: 409,
    message: "{pipeline} is at revision {current} now, not {expected}",
    remedy: "Plan again and apply the new plan.",
    fields: ["pipeline", "current", "expected"]
  },
  GRANT_UNKNOWN: {
    status: 404,
    message: "There is no grant {id} in force",
    remedy: "Check the id with `GET /api/pipelines/NAME/grants`.",
    fields: ["id"]
  },
  TOKEN_UNKNOWN: {
    status: 404,
    message: "There is no token {id} in force",
    remedy: "Check the id with `GET /api/tokens`.",
    fields: ["id"]
  },
  // What runs
  PLAN_CHANGED: {
    status: 409,
    message: "The plan of {pipeline} is {planned} now, not {asked}",
    remedy: "Look at the new plan and apply that one.",
    fields: ["pipeline", "planned", "asked"]
  },
  PLAN_FAILED: {
    status: 422,
    message: "The pipeline has {count} problems; the first: {first}",
    remedy: "Plan it and correct what the plan names.",
    fields: ["count", "first"]
  },
  TOPIC_NOT_DRAINED: {
    status: 409,
    message: "The new plan has no topic {topics}, which holds records that were not read yet",
    remedy: "Apply again when `millrace status PIPELINE` shows no lag there; nothing was changed.",
    fields: ["topics"]
  },
  GRANT_NEEDED: {
    status: 409,
    message: "{pipeline} asks for permissions that were not granted: {permissions}",
    remedy: "Look at them, and apply with `--grant` if you agree.",
    fields: ["pipeline", "permissions"]
  },
  PIPELINE_NOT_RUNNING: {
    status: 409,
    message: "The pipeline {pipeline} is {state}",
    remedy: "Resume or apply it first.",
    fields: ["pipeline", "state"]
  },
  NODE_UNKNOWN: {
    status: 404,
    message: "The pipeline {pipeline} has no node {node}",
    remedy: "Choose one of its nodes.",
    fields: ["pipeline", "node", "nodes"]
  },
  NODE_WITHOUT_TOPIC: {
    status: 409,
    message: "{node} is fused with its neighbours: what it gives is in no topic",
    remedy: "Tap a node that has one, or give the node a `stream:` and apply.",
    fields: ["node", "nodes"]
  },
  TOPIC_UNKNOWN: {
    status: 404,
    message: "There is no topic {topic}",
    remedy: "Choose one of `millrace topic list`.",
    fields: ["topic", "didYouMean"]
  },
  DEAD_LETTER_UNKNOWN: {
    status: 404,
    message: "The pipeline {pipeline} has no dead letter {id}",
    remedy: "Choose one of `millrace dlq list PIPELINE`.",
    fields: ["pipeline", "id"]
  },
  DEAD_LETTER_WITHOUT_RECORD: {
    status: 409,
    message: "The dead letter {id} holds no record that could be replayed: a source rejected its text",
    remedy: "Correct it at the source.",
    fields: ["id"]
  },
  LOG_FAILED: {
    status: 503,
    message: "The log could not do it: {reason}",
    remedy: "See `millrace status` and the log of the process; repeat it once the log is well again.",
    fields: ["reason"]
  },
  SANDBOX_FAILED: {
    status: 503,
    message: "The sandbox could not do it: {reason}",
    remedy: "See `millrace doctor`; repeat it once the cause is mended.",
    fields: ["reason"]
  }
})

export type ErrorCode = keyof typeof errors
/** The values that an error of this code shows. */
export type ErrorFields<C extends ErrorCode> = {
  readonly [F in (typeof errors)[C]["fields"][number]]?: string | number | readonly string[]
}
