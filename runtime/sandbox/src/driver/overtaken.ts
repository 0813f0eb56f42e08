import * as Effect from "effect/Effect"
import type { ChildEnded } from "../pool/sandbox-child.ts"

/** Processes that may end under others in a row before the task is told. */
const maxOvertaken = 100

/**
 * Tries again when the process had been ended before it was asked. INVARIANT: segments of a domain share a process, and what one
 * of them kills is nothing that another's records did.
 */
export function unlessOvertaken<A, E extends { readonly _tag: string }, R>(
  effect: Effect.Effect<A, E | ChildEnded, R>
): Effect.Effect<A, E | ChildEnded, R> {
  return Effect.retry(effect, { while: isOvertaken, times: maxOvertaken })
}

function isOvertaken(error: { readonly _tag: string; readonly wasAsked?: boolean }): boolean {
  return error._tag === "ChildEnded" && error.wasAsked === false
}
