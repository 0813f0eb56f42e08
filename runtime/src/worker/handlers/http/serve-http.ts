import type { HostReply, HostRequest, HostRequestError } from "@millrace/sandbox"
import type { Permission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import type * as Semaphore from "effect/Semaphore"
import type { HostServices } from "../host-services.ts"
import { exchange, type Reply } from "./exchange.ts"
import { followRedirects, type Hop } from "./hops.ts"
import { httpFailure } from "./http-failure.ts"
import { denied, readUrl } from "./net-grant.ts"
import { type Payload, readPayload } from "./read-payload.ts"
import type { Redaction } from "./redaction.ts"
import { withRetries } from "./retries.ts"
import { useSecrets } from "./secret-use.ts"

/** What the handle that asks was granted, and what it shares with the node's other handles. */
export interface HttpCaller {
  readonly permissions: readonly Permission[]
  /** Names of all secrets that the node may send. */
  readonly nodeSecrets: readonly string[]
  readonly slots: Semaphore.Semaphore
}

/**
 * Serves `request` of the SDK's capability/http.ts. The URL is parsed once, compared with the grants, and dialled by
 * `driver`, at every redirect anew. A try takes a slot of its node and one of the worker; pauses between tries take none.
 */
export const serveHttp = Effect.fnUntraced(function* (
  caller: HttpCaller,
  request: HostRequest,
  services: HostServices
): Effect.fn.Return<HostReply, HostRequestError> {
  const payload = yield* Effect.fromResult(readPayload(request.payload, request.bytes))
  const url = yield* Effect.fromResult(readUrl(payload.url))
  const check = (hop: Hop) => denied(caller.permissions, hop.url, hop.method)
  const first: Hop = {
    method: payload.method,
    url,
    headers: { "user-agent": "millrace", ...payload.headers },
    body: request.bytes
  }
  const refusal = check(first)
  if (refusal !== undefined) return yield* Effect.fail(refusal)
  const use = yield* useSecrets(payload, caller.permissions, caller.nodeSecrets, services.secrets)
  const send = (hop: Hop) =>
    Effect.flatMap(use.headers(hop), (headers) =>
      exchange(services.driver, { ...hop, headers: asItIs(headers) }, payload.maxBytes)
    )
  const once = withDeadline(payload, followRedirects(first, check, send))
  const turn = caller.slots.withPermit(services.slots.withPermit(once))
  const { hop, reply } = yield* withRetries(payload.retry, turn)
  return replyOf(hop, reply, use.redaction)
})

/** Nothing here unpacks: a small body cannot become a large one. */
function asItIs(headers: Hop["headers"]): Hop["headers"] {
  const kept = Object.entries(headers).filter(([name]) => name.toLowerCase() !== "accept-encoding")
  return { ...Object.fromEntries(kept), "accept-encoding": "identity" }
}

function withDeadline<A>(
  { timeoutMs }: Payload,
  once: Effect.Effect<A, HostRequestError>
): Effect.Effect<A, HostRequestError> {
  return Effect.timeoutOrElse(once, {
    duration: timeoutMs,
    orElse: () => Effect.fail(httpFailure("TIMEOUT", `no whole reply within ${timeoutMs} ms`))
  })
}

function replyOf(hop: Hop, reply: Reply, redaction: Redaction): HostReply {
  const bytes = redaction.bytes(reply.body)
  const headers = [...reply.headers].flatMap(([name, value]) =>
    name === "content-length" && bytes !== reply.body ? [] : [[name, redaction.text(value)] as const]
  )
  return {
    result: {
      status: reply.status,
      url: redaction.text(hop.url.href),
      headers: Object.fromEntries(headers)
    },
    bytes
  }
}
