/** A token, and when it expires, ms since 1970; undefined where nobody says so. */
export interface Token {
  readonly value: string
  readonly expiresAt: number | undefined
}

/** A token is renewed when this share of its time has passed, so that none expires on its way. */
const keptShare = 0.8

/**
 * Gives tokens to connections, one for all of them until it is time for the next. One of which nobody says when it expires
 * is asked for at each connection. `fetchToken` rejects with a TokenFailure.
 */
export const keptToken = (
  fetchToken: () => Promise<Token>,
  now: () => number = Date.now
): (() => Promise<string>) => {
  let kept: { readonly token: Promise<Token>; renewAt: number } | undefined
  return async () => {
    if (kept !== undefined && now() < kept.renewAt) return (await kept.token).value
    const askedAt = now()
    const asked = { token: fetchToken(), renewAt: Infinity }
    kept = asked
    try {
      const { expiresAt, value } = await asked.token
      asked.renewAt = expiresAt === undefined ? 0 : askedAt + (expiresAt - askedAt) * keptShare
      return value
    } catch (cause) {
      asked.renewAt = 0
      throw cause
    }
  }
}

/** When a token expires that is a JWT (RFC 7519, `exp`); undefined where it does not say so, or is another kind. */
export const expiryOf = (token: string): number | undefined => {
  const [, claims = ""] = token.split(".")
  try {
    const parsed: unknown = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"))
    const exp =
      typeof parsed === "object" && parsed !== null && "exp" in parsed ? Number(parsed.exp) : Number.NaN
    return Number.isFinite(exp) ? exp * 1_000 : undefined
  } catch {
    return undefined
  }
}
