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

export type HostOutcome<A> = { readonly value: A } | { readonly error: unknown }

/** Under this property an effect carries its own start: a body's driver then needs no Effect runtime for it. */
export const startMark = "~millrace/start"

/** An effect that is one host request. It may be piped like any other; yielded as it is, it costs one message and no fiber. */
export type HostEffect<A> = Effect.Effect<A, CapabilityError> & {
  readonly [startMark]: (done: (outcome: HostOutcome<A>) => void) => void
}

export const hostRequest = <A>(host: GuestHost, call: HostCall<A>): HostEffect<A> => {
  const start = (done: (outcome: HostOutcome<A>) => void) => sendRequest(host, call, done)
  const effect = Effect.callback<A, CapabilityError>((resume) =>
    start((outcome) =>
      resume(
        "value" in outcome
          ? Effect.succeed(outcome.value)
          : outcome.error instanceof CapabilityError
            ? Effect.fail(outcome.error)
            : Effect.die(outcome.error)
      )
    )
  )
  return Object.assign(effect, { [startMark]: start })
}

const sendRequest = <A>(host: GuestHost, call: HostCall<A>, done: (outcome: HostOutcome<A>) => void) => {
  const { handle, operation } = call
  host.request(handle, operation, JSON.stringify(call.payload), call.bytes, (error, resultJson, bytes) => {
    if (error !== undefined) {
      done({
        error: new CapabilityError({ handle, operation, code: error.code, message: error.message })
      })
      return
    }
    done(answerOf(call, resultJson, bytes))
  })
}

const answerOf = <A>(
  call: HostCall<A>,
  resultJson: string,
  bytes: Uint8Array | undefined
): HostOutcome<A> => {
  try {
    return { value: call.answer(JSON.parse(resultJson), bytes) }
  } catch (error) {
    return { error }
  }
}
