import type { HostReply, HostRequestError } from "@millrace/sandbox"
import * as Effect from "effect/Effect"

/** A host request that was refused or could not be done; `code` is what the plugin sees. */
export function refuse(code: string, message: string): Effect.Effect<never, HostRequestError> {
  return Effect.fail({ _tag: "HostRequestError", code, message })
}

export type Answer = Effect.Effect<HostReply, HostRequestError>

/** A member of a request's payload, which comes from the guest. */
export function member(payload: unknown, name: string): unknown {
  return typeof payload === "object" && payload !== null && Object.hasOwn(payload, name)
    ? Reflect.get(payload, name)
    : undefined
}
