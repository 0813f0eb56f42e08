import type { HostRequestError } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Reply } from "./exchange.ts"
import { httpFailure } from "./http-failure.ts"
import { readUrl } from "./net-grant.ts"
import type { Method } from "./read-payload.ts"

/** What goes to one place; on the way it may change its method and lose its body. */
export interface Hop {
  readonly method: Method
  readonly url: URL
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array | undefined
}

const maxRedirects = 5
const redirects = new Set([301, 302, 303, 307, 308])

/**
 * Follows redirects by hand: `check` judges each place before anything is sent there. As Fetch has it: 303, and 301 or 302
 * of a POST, become a GET without a body; another origin gets no `authorization` and no `cookie`.
 */
export const followRedirects = Effect.fnUntraced(function* (
  first: Hop,
  check: (hop: Hop) => HostRequestError | undefined,
  send: (hop: Hop) => Effect.Effect<Reply, HostRequestError>
): Effect.fn.Return<{ readonly hop: Hop; readonly reply: Reply }, HostRequestError> {
  let hop = first
  for (let followed = 0; ; followed++) {
    const reply = yield* send(hop)
    const location = redirects.has(reply.status) ? reply.headers.get("location") : undefined
    if (location === undefined) return { hop, reply }
    if (followed === maxRedirects)
      return yield* Effect.fail(httpFailure("REDIRECT_REFUSED", "more than five redirects"))
    const next = redirected(hop, reply.status, location)
    const why = next === undefined ? "it names no http or https URL" : check(next)?.message
    if (next === undefined || why !== undefined)
      return yield* Effect.fail(
        httpFailure("REDIRECT_REFUSED", `the redirect (${reply.status}) is not followed: ${why}`)
      )
    hop = next
  }
})

const ofTheBody = new Set([
  "content-type",
  "content-encoding",
  "content-language",
  "content-location",
  "idempotency-key"
])
const ofTheOrigin = new Set(["authorization", "cookie"])

function redirected(hop: Hop, status: number, location: string): Hop | undefined {
  const read = readUrl(location, hop.url)
  if (Result.isFailure(read)) return undefined
  const url = read.success
  const isGet =
    (status === 303 && hop.method !== "GET" && hop.method !== "HEAD") ||
    ((status === 301 || status === 302) && hop.method === "POST")
  const isElsewhere = url.origin !== hop.url.origin
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(([name]) => {
      const lower = name.toLowerCase()
      return !(isGet && ofTheBody.has(lower)) && !(isElsewhere && ofTheOrigin.has(lower))
    })
  )
  return isGet ? { method: "GET", url, headers, body: undefined } : { ...hop, url, headers }
}
