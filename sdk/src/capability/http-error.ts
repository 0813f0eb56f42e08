import * as Schema from "effect/Schema"

/**
 * What can become of a request, beside a reply of any status.
 *
 * | code | what happened |
 * |---|---|
 * | `PERMISSION_DENIED` | host, port, method or secret were not granted to this handle |
 * | `ADDRESS_REFUSED` | the host's name stands for a private or otherwise forbidden address |
 * | `REDIRECT_REFUSED` | a redirect led where nothing was granted, or there were more than five |
 * | `URL_INVALID` | not an absolute http or https URL, or one with a user name |
 * | `REQUEST_INVALID` | a method, a header or an option that cannot be sent |
 * | `NOT_CONFIGURED` | the config names no URL |
 * | `SECRET_MISSING` | the operator has not set the secret |
 * | `NAME_NOT_RESOLVED`, `CONNECTION_FAILED`, `TIMEOUT` | transient: another try may succeed |
 * | `TLS_FAILED` | the other side's certificate is not to be trusted |
 * | `RESPONSE_INVALID` | the other side's answer is not HTTP |
 * | `TOO_LARGE` | the reply has more than `maxBytes`, or the request more than 4 MiB |
 * | `BODY_INVALID` | the reply's body is no JSON, or does not fit the schema |
 * | `UNSUPPORTED`, `HOST_FAILED` | the worker does not serve this, or failed to |
 */
export type HttpErrorCode =
  | "PERMISSION_DENIED"
  | "ADDRESS_REFUSED"
  | "REDIRECT_REFUSED"
  | "URL_INVALID"
  | "REQUEST_INVALID"
  | "NOT_CONFIGURED"
  | "SECRET_MISSING"
  | "NAME_NOT_RESOLVED"
  | "CONNECTION_FAILED"
  | "TIMEOUT"
  | "TLS_FAILED"
  | "RESPONSE_INVALID"
  | "TOO_LARGE"
  | "BODY_INVALID"
  | "UNSUPPORTED"
  | "HOST_FAILED"

const transientCodes: ReadonlySet<string> = new Set<HttpErrorCode>([
  "NAME_NOT_RESOLVED",
  "CONNECTION_FAILED",
  "TIMEOUT"
])

/** A request that got no reply. `transient`: another try may succeed. A reply of any status is none: look at `ok`. */
export class HttpError extends Schema.TaggedError<HttpError>()("HttpError", {
  /** One of {@link HttpErrorCode}. */
  code: Schema.String,
  /** Method and URL without its query, and what went wrong. */
  message: Schema.String,
  handle: Schema.String,
  transient: Schema.Boolean
}) {}

/** What is known of a request when it fails. */
export interface HttpFailure {
  readonly handle: string
  readonly method: string
  readonly url: string
  readonly code: string
  readonly message: string
}

export const httpError = ({ handle, method, url, code, message }: HttpFailure): HttpError =>
  new HttpError({
    code,
    message: `${method} ${withoutQuery(url)}: ${message}`,
    handle,
    transient: transientCodes.has(code)
  })

/** Queries carry tokens, and an error is shown to many. */
const withoutQuery = (url: string): string => url.split(/[?#]/, 1)[0] ?? ""
