import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { HostAnswer } from "../protocol/messages.ts"
import { isCount, isPlainObject, ownOf, parseBoundedJson, parseSafeJson } from "../protocol/safe-json.ts"
import type { HostRequestError, NodeSpec, SegmentHost } from "../segment.ts"
import { sanitizeText } from "./host-errors.ts"

/** A guest's request, checked for its form. */
export interface AskedRequest {
  readonly id: number
  readonly handle: string
  readonly operation: string
  readonly payload: unknown
  readonly bytes: Uint8Array | undefined
  /** A timer of the guest's: milliseconds. */
  readonly sleepMs: number | undefined
}

export interface ReadyAnswer {
  readonly id: number
  readonly errorCode: string
  readonly text: string
  readonly bytes: Uint8Array | undefined
}

const maxRequestsLength = 8 * 1024 * 1024
const maxPayloadLength = 4 * 1024 * 1024

/** Undefined when the text is not what a harness writes. */
export function decodeRequests(
  text: string,
  sections: readonly Uint8Array[]
): readonly AskedRequest[] | undefined {
  const list = parseBoundedJson(text, maxRequestsLength)
  if (!Array.isArray(list)) return undefined
  const requests: AskedRequest[] = []
  for (const one of list) {
    const request = decodeRequest(one, sections)
    if (request === undefined) return undefined
    requests.push(request)
  }
  return requests
}

function decodeRequest(one: unknown, sections: readonly Uint8Array[]): AskedRequest | undefined {
  if (!isPlainObject(one)) return undefined
  const id = ownOf(one, "id")
  const handle = ownOf(one, "handle")
  const operation = ownOf(one, "operation")
  const text = ownOf(one, "payload")
  const place = ownOf(one, "bytes")
  if (!isCount(id) || typeof handle !== "string" || typeof operation !== "string" || typeof text !== "string")
    return undefined
  if (place !== -1 && !(isCount(place) && place < sections.length)) return undefined
  const payload = parseSafeJson(text, maxPayloadLength)
  const ms = handle === "" && isPlainObject(payload) ? ownOf(payload, "ms") : undefined
  return {
    id,
    handle,
    operation,
    payload,
    bytes: place === -1 ? undefined : sections[place],
    sleepMs: typeof ms === "number" && ms >= 0 ? ms : undefined
  }
}

/** Serves one request by the owner's handler; never fails: a failure is an answer. */
export function serveRequest(
  node: NodeSpec,
  request: AskedRequest,
  host: SegmentHost,
  clean: (text: string) => string = sanitizeText
): Effect.Effect<ReadyAnswer> {
  if (request.handle === "") {
    return request.operation === "sleep" && request.sleepMs !== undefined
      ? Effect.as(Effect.sleep(request.sleepMs), {
          id: request.id,
          errorCode: "",
          text: "null",
          bytes: undefined
        })
      : Effect.succeed(refused(request.id, "REQUEST_INVALID", "no such request"))
  }
  if (!node.handles.includes(request.handle)) {
    return Effect.succeed(refused(request.id, "PERMISSION_DENIED", "the plugin does not declare this handle"))
  }
  if (request.payload === undefined) {
    return Effect.succeed(
      refused(request.id, "REQUEST_INVALID", "the request's payload is not JSON within its limits")
    )
  }
  const { handle, operation, payload, bytes } = request
  return host.request({ node: node.node, handle, operation, payload, bytes }).pipe(
    Effect.map((reply) => ({
      id: request.id,
      errorCode: "",
      text: JSON.stringify(reply.result ?? null),
      bytes: reply.bytes
    })),
    Effect.catch((error: HostRequestError) =>
      Effect.succeed(refused(request.id, error.code, clean(error.message)))
    ),
    // A handler's bug must not show its text to a guest.
    Effect.catchCause(() =>
      Effect.succeed(refused(request.id, "HOST_FAILED", "the request could not be served"))
    )
  )
}

function refused(id: number, errorCode: string, text: string): ReadyAnswer {
  return { id, errorCode: errorCode === "" ? "HOST_FAILED" : errorCode, text, bytes: undefined }
}

/** Bytes of one round of answers, so that they fit the shared file; the rest comes in the next round. */
const maxRoundBytes = 16 * 1024 * 1024
const maxRoundAnswers = 1024

/** Requests under way for one call, and their answers as they come. */
export class OpenRequests {
  private readonly ready: Queue.Queue<ReadyAnswer>
  private readonly clean: (text: string) => string
  private held: ReadyAnswer[] = []
  private outstanding = 0
  private served = 0

  constructor(ready: Queue.Queue<ReadyAnswer>, clean: (text: string) => string) {
    this.ready = ready
    this.clean = clean
  }

  /** Begins to serve requests, in the scope of the call. */
  start(node: NodeSpec, requests: readonly AskedRequest[], host: SegmentHost) {
    this.outstanding += requests.length
    this.served += requests.filter((request) => request.handle !== "").length
    return Effect.forEach(
      requests,
      (request) => {
        const isTimer = request.handle === ""
        return Effect.forkScoped(
          Effect.flatMap(serveRequest(node, request, host, this.clean), (answer) => {
            if (!isTimer) this.served -= 1
            return Queue.offer(this.ready, answer)
          })
        )
      },
      { discard: true }
    )
  }

  get isWaiting(): boolean {
    return this.outstanding > 0
  }

  /** Only the guest's own timers are outstanding. */
  get isOnlyTimers(): boolean {
    return this.served === 0 && this.held.length === 0
  }

  /** Waits for the next answers: at least one. */
  readonly next: Effect.Effect<{
    readonly answers: readonly HostAnswer[]
    readonly sections: readonly Uint8Array[]
  }> = Effect.suspend(() =>
    this.held.length > 0
      ? Effect.sync(() => this.round())
      : Effect.map(Queue.takeAll(this.ready), (answers) => {
          this.held.push(...answers)
          return this.round()
        })
  )

  private round(): { readonly answers: readonly HostAnswer[]; readonly sections: readonly Uint8Array[] } {
    const answers: HostAnswer[] = []
    const sections: Uint8Array[] = []
    let size = 0
    while (this.held.length > 0 && answers.length < maxRoundAnswers) {
      const next = this.held[0]
      const bytes = (next.bytes?.length ?? 0) + next.text.length
      if (answers.length > 0 && size + bytes > maxRoundBytes / 4) break
      size += bytes
      this.held.shift()
      this.outstanding -= 1
      answers.push({
        id: next.id,
        errorCode: next.errorCode,
        text: next.text,
        section: next.bytes === undefined ? -1 : sections.length
      })
      if (next.bytes !== undefined) sections.push(next.bytes)
    }
    return { answers, sections }
  }
}
