import type { FromConfig } from "./template.ts"

/**
 * A secret that the worker puts into requests to the handle's origin, and into no other; the plugin never sees it.
 * Without `header` it goes as `Authorization: Bearer …`. Where a name comes from the config and stands not there, requests
 * go without.
 */
export interface HttpAuth {
  readonly secret: string | FromConfig
  /** The header that takes the secret as it is. */
  readonly header?: string | FromConfig
  /** The secret is `user:password`, sent as `Authorization: Basic …`. */
  readonly basic?: true
}

/** How the worker signs requests: an HMAC (RFC 2104) of the body, by a secret that the plugin never sees. */
export interface HttpSigning {
  readonly secret: string | FromConfig
  /** Default `X-Signature-256`. */
  readonly header?: string | FromConfig
  /** Before the signature's hexadecimal digits. Default `sha256=`, or the algorithm's name. */
  readonly prefix?: string
  /** Default `sha256`. */
  readonly algorithm?: "sha256" | "sha512"
  /** Also signs when the request was sent: `seconds.body`, the seconds since 1970 in this header. */
  readonly timestampHeader?: string | FromConfig
}

/** The operator's secret of this name, sent as `Authorization: Bearer …`, or in a header of its own. */
export const secret = (name: string | FromConfig, header?: string | FromConfig): HttpAuth => ({
  secret: name,
  ...(header === undefined ? {} : { header })
})

/** The operator's secret of this name, `user:password`, sent as `Authorization: Basic …`. */
export const basicAuth = (name: string | FromConfig): HttpAuth => ({ secret: name, basic: true })
