import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { GuestHost } from "../guest/abi.ts"

/** A host request that the worker refused or could not do. `code` is stable: `PERMISSION_DENIED`, `NOT_FOUND`, … */
export class CapabilityError extends Schema.TaggedError<CapabilityError>()("CapabilityError", {
  handle: Schema.String,
  operation: Schema.String,
  code: Schema.String,
  message: Schema.String
}) {}

/** What the worker is asked, and how its answer becomes a value. */
export interface HostCall<A> {
  readonly handle: string
  readonly operation: string
  /** Goes as JSON. */
  readonly payload: unknown
  readonly bytes?: Uint8Array | undefined
  readonly answer: (result: unknown, bytes: Uint8Array | undefined) => A
}

/** Why the worker did not do it. */
export interface HostRefusal {
  readonly code: string
  readonly message: string
}

/** `failure`: the error is one that the body may handle; else it is a bug. */
export type HostOutcome<A, E = unknown> =
  | { readonly value: A }
  | { readonly error: unknown; readonly failure?: E }

/** Under this property an effect carries its own start: a body's driver then needs no Effect runtime for it. */
export const startMark = "~millrace/start"

/** An effect that is one host request. It may be piped like any other; yielded as it is, it costs one message and no fiber. */
export type HostEffect<A, E = CapabilityError> = Effect.Effect<A, E> & {
  readonly [startMark]: (done: (outcome: HostOutcome<A, E>) => void) => void
}

/** A host request; a refusal becomes a {@link CapabilityError}, or what `failure` makes of it. */
export function hostRequest<A, E>(
  host: GuestHost,
  call: HostCall<A> & { readonly failure: (refusal: HostRefusal) => E }
): HostEffect<A, E>
export function hostRequest<A>(host: GuestHost, call: HostCall<A>): HostEffect<A>
export function hostRequest<A, E>(
  host: GuestHost,
  call: HostCall<A> & { readonly failure?: (refusal: HostRefusal) => E }
): HostEffect<A, E | CapabilityError> {
  const start = (done: (outcome: HostOutcome<A, E | CapabilityError>) => void) =>
    sendRequest(host, call, call.failure ?? refused(call), done)
  const effect = Effect.callback<A, E | CapabilityError>((resume) =>
    start((outcome) =>
      resume(
        "value" in outcome
          ? Effect.succeed(outcome.value)
          : outcome.failure === undefined
            ? Effect.die(outcome.error)
            : Effect.fail(outcome.failure)
      )
    )
  )
  return Object.assign(effect, { [startMark]: start })
}

const refused =
  ({ handle, operation }: HostCall<unknown>) =>
  ({ code, message }: HostRefusal): CapabilityError =>
    new CapabilityError({ handle, operation, code, message })

const sendRequest = <A, E>(
  host: GuestHost,
  call: HostCall<A>,
  failureOf: (refusal: HostRefusal) => E,
  done: (outcome: HostOutcome<A, E>) => void
) => {
  const { handle, operation } = call
  host.request(handle, operation, JSON.stringify(call.payload), call.bytes, (error, resultJson, bytes) => {
    if (error !== undefined) {
      const failure = failureOf(error)
      done({ error: failure, failure })
      return
    }
    done(answerOf(call, resultJson, bytes))
  })
}

const answerOf = <A>(
  call: HostCall<A>,
  resultJson: string,
  bytes: Uint8Array | undefined
): HostOutcome<A, never> => {
  try {
    return { value: call.answer(JSON.parse(resultJson), bytes) }
  } catch (error) {
    return { error }
  }
}
