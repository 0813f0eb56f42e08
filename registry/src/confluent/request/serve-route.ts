import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { Context } from "hono"
import { authenticate } from "../../auth/authenticate.ts"
import type { HandlerRuntime } from "../../http/handler.ts"
import { isLocalRequest } from "../../http/peer.ts"
import { readText } from "../../http/request-body.ts"
import { parseJson } from "../../parse-json.ts"
import { placeOf, placeText, type SubjectPlace } from "../../subject/subject-place.ts"
import { fromApiError, fromStoreError } from "../reply/api-error-codes.ts"
import { type ConfluentError, refusals } from "../reply/confluent-error.ts"
import { tokenOf } from "./credentials.ts"
import { Query } from "./query.ts"
import type { Answer, ConfluentServices, Route } from "../route.ts"

const contentType = "application/vnd.schemaregistry.v1+json"

/** Media types that a body may come as; the last is what clients send that say nothing. */
const bodyTypes: ReadonlySet<string> = new Set([
  contentType,
  "application/vnd.schemaregistry+json",
  "application/json",
  "application/octet-stream"
])

/** A schema of 1 MiB, each character escaped. */
const maxBodyBytes = 4 * 1024 * 1024

const readBody = Effect.fnUntraced(function* (context: Context) {
  const type = (context.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? ""
  if (!bodyTypes.has(type)) return yield* refusals.unsupportedType()
  if (Number(context.req.header("content-length") ?? 0) > maxBodyBytes)
    return yield* refusals.tooLarge(`The request is larger than ${maxBodyBytes} bytes.`)
  const parsed = parseJson(yield* readText(context, maxBodyBytes))
  if (Result.isFailure(parsed)) return yield* refusals.badRequest(`The body is refused: ${parsed.failure}.`)
  return parsed.success
})

const maxSubject = 512

/** What the path names. Control characters would forge lines of a log. */
const placeIn = (context: Context): Effect.Effect<SubjectPlace, ConfluentError> => {
  const given = context.req.param("subject") ?? ""
  const place = placeOf(given)
  const isValid =
    given.length <= maxSubject &&
    !/\p{Cc}/u.test(given) &&
    place.subject !== "__GLOBAL" &&
    place.subject !== "__EMPTY"
  return isValid ? Effect.succeed(place) : Effect.fail(refusals.invalidSubject(given.slice(0, maxSubject)))
}

// Who calls is settled before the body is read: a stranger cannot make us take in megabytes.
const serve = Effect.fnUntraced(function* (context: Context, route: Route) {
  const place = yield* placeIn(context)
  const caller = yield* authenticate({
    access: route.access,
    resource: place.subject === "" ? undefined : placeText(place),
    token: tokenOf(context),
    isLocal: isLocalRequest(context)
  })
  const body = route.hasBody === true ? yield* readBody(context) : undefined
  return yield* route.handle({
    caller,
    place,
    param: (name) => context.req.param(name) ?? "",
    query: new Query(new URL(context.req.url).searchParams),
    body
  })
})

const replyOf = (answer: Answer): Response => {
  if (answer === "nothing") return new Response(null, { status: 204 })
  const body = "text" in answer ? answer.text : JSON.stringify(answer.json)
  return new Response(body, { status: 200, headers: { "content-type": contentType } })
}

/** The reply that carries a refusal. */
export const refusalReply = ({ code, message, status }: ConfluentError): Response =>
  new Response(JSON.stringify({ error_code: code, message }), {
    status,
    headers: {
      "content-type": contentType,
      ...(status === 401 ? { "www-authenticate": `Basic realm="millrace", Bearer` } : {})
    }
  })

const answer = (context: Context, route: Route, nextReference: () => number) =>
  serve(context, route).pipe(
    Effect.map(replyOf),
    Effect.catchTag("StoreError", (error) =>
      Effect.logError(
        "the store failed",
        { operation: error.operation, reason: error.reason },
        error.cause
      ).pipe(Effect.andThen(Effect.fail(fromStoreError(error))))
    ),
    Effect.catchTag("ApiError", (error) => Effect.fail(fromApiError(error))),
    Effect.catchTag("ConfluentError", (error) => Effect.succeed(refusalReply(error))),
    Effect.catchCause((cause) => {
      const reference = String(nextReference())
      return Effect.as(
        Effect.logError(`a request of the schema registry failed inside (${reference})`, Cause.pretty(cause)),
        refusalReply(refusals.inside(reference))
      )
    })
  )

/** How a route's requests are run. */
export interface Serving {
  readonly runtime: HandlerRuntime<ConfluentServices>
  readonly nextReference: () => number
}

/** Answers a request by a route: who calls, what for, is it well formed; then the handler. */
export const serveRoute = async (
  context: Context,
  route: Route,
  { nextReference, runtime }: Serving
): Promise<Response> => {
  const exit = await runtime.runPromiseExit(answer(context, route, nextReference))
  // Only the runtime's own end (interruption at shutdown) is left as a failure here.
  return Exit.isSuccess(exit) ? exit.value : refusalReply(refusals.store("The registry is shutting down."))
}
