import type { HostRequestError } from "@millrace/sandbox"
import type { HttpErrorCode } from "@millrace/sdk"

/** Why a request got no reply; `code` is one of the SDK's `HttpErrorCode`. */
export function httpFailure(code: HttpErrorCode, message: string): HostRequestError {
  return { _tag: "HostRequestError", code, message }
}

const texts: { readonly [code in HttpErrorCode]?: string } = {
  NAME_NOT_RESOLVED: "the host's name is not known",
  ADDRESS_REFUSED: "the host's name stands for an address that is not of the public internet",
  CONNECTION_FAILED: "no connection, or it broke",
  TIMEOUT: "no whole reply in time",
  TLS_FAILED: "the other side's certificate is not to be trusted, or it speaks no TLS",
  RESPONSE_INVALID: "the reply is not HTTP",
  REQUEST_INVALID: "the request cannot be sent",
  TOO_LARGE: "the reply has more bytes than 'maxBytes'"
}

/** INVARIANT: a fixed text for each code. What drivers say holds addresses and paths, which a guest could probe for. */
export function fixedFailure(code: HttpErrorCode): HostRequestError {
  return httpFailure(code, texts[code] ?? "the request could not be made")
}

/** Another try may succeed. */
export const transientCodes: ReadonlySet<string> = new Set<HttpErrorCode>([
  "NAME_NOT_RESOLVED",
  "CONNECTION_FAILED",
  "TIMEOUT"
])

/** Thrown where a driver's callback takes nothing but errors. */
export class DialError extends Error {
  readonly code: HttpErrorCode
  constructor(code: HttpErrorCode) {
    super(code)
    this.code = code
  }
}

const notResolved = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", "EAI_NONAME", "EAI_FAIL", "ENODATA"])
const timeouts = new Set(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "ETIMEOUT"])
const notHttp = /^(?:HPE_|UND_ERR_(?:HEADERS_OVERFLOW|RES_|RESPONSE))/
const notTrusted =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/

/** What an error of the driver's, or one of the errors in it, means. */
export function driverFailure(error: unknown): HostRequestError {
  if (error instanceof DialError) return fixedFailure(error.code)
  if (error instanceof AggregateError && error.errors.length > 0) return driverFailure(error.errors[0])
  if (error instanceof Error && error.name === "HTTPParserError") return fixedFailure("RESPONSE_INVALID")
  const code = codeOf(error)
  if (notResolved.has(code)) return fixedFailure("NAME_NOT_RESOLVED")
  if (timeouts.has(code)) return fixedFailure("TIMEOUT")
  if (notHttp.test(code)) return fixedFailure("RESPONSE_INVALID")
  if (notTrusted.test(code)) return fixedFailure("TLS_FAILED")
  if (code === "UND_ERR_INVALID_ARG") return fixedFailure("REQUEST_INVALID")
  return fixedFailure("CONNECTION_FAILED")
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined
  return typeof code === "string" ? code : ""
}
