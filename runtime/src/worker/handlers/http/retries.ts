import type { HostRequestError } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { transientCodes } from "./http-failure.ts"
import type { Payload } from "./read-payload.ts"

/** A pause that the other side asks for and that is longer is not waited out: its reply is the answer. */
const maxPauseMs = 60_000
/** After which no other try begins, however many are left. */
const maxTotalMs = 300_000

interface Replied {
  readonly reply: { readonly status: number; readonly headers: ReadonlyMap<string, string> }
}

/**
 * Tries again by policy: what got no reply for now, and replies of the policy's statuses. The n-th pause is `delayMs` times
 * 2^(n-1), of which a random part between half and all is waited ("Exponential Backoff And Jitter", AWS), or as long as
 * `Retry-After` says if that is more. Answers what the last try did.
 */
export const withRetries = Effect.fnUntraced(function* <A extends Replied>(
  { attempts, delayMs, statuses }: Payload["retry"],
  once: Effect.Effect<A, HostRequestError>
): Effect.fn.Return<A, HostRequestError> {
  const begun = yield* Clock.currentTimeMillis
  for (let attempt = 1; ; attempt++) {
    const result = yield* Effect.result(once)
    const isFinal = Result.isSuccess(result)
      ? !statuses.includes(result.success.reply.status)
      : !transientCodes.has(result.failure.code)
    if (isFinal || attempt >= attempts) return yield* Effect.fromResult(result)
    const now = yield* Clock.currentTimeMillis
    const asked = Result.isSuccess(result) ? retryAfterMs(result.success.reply.headers, now) : 0
    const backoff = Math.min(delayMs * 2 ** (attempt - 1), maxPauseMs)
    const pause = Math.max(asked, backoff * (0.5 + (yield* Random.next) / 2))
    if (pause > maxPauseMs || now + pause - begun > maxTotalMs) return yield* Effect.fromResult(result)
    yield* Effect.sleep(Math.ceil(pause))
  }
})

/** RFC 9110 §10.2.3: seconds, or a date. 0 where there is none, or none that can be read. */
export function retryAfterMs(headers: ReadonlyMap<string, string>, now: number): number {
  const text = headers.get("retry-after")?.trim() ?? ""
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000
  const date = text.endsWith("GMT") ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? 0 : Math.max(0, date - now)
}
