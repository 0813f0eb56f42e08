import type { Context } from "hono"
import { bearer } from "../../http/bearer.ts"

const basicPattern = /^Basic +([A-Za-z0-9+/=_-]{1,2048})$/i

/** What follows the first colon: a user's name has none. (RFC 7617) */
const passwordOf = (credentials: string): string => {
  const text = Buffer.from(credentials, "base64").toString("utf8")
  const colon = text.indexOf(":")
  return colon === -1 ? "" : text.slice(colon + 1)
}

/**
 * The token that a request carries: as bearer, or as the password of any user. Undefined without one; what is neither comes
 * through as it is, for nothing that was sent as a credential may count as none.
 */
export const tokenOf = (context: Context): string | undefined => {
  const header = context.req.header("authorization")
  if (header === undefined) return undefined
  const basic = basicPattern.exec(header)?.[1]
  return basic === undefined ? (bearer(context) ?? header) : passwordOf(basic)
}
