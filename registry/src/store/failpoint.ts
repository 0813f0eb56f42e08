import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Named moments at which a test may kill the process. */
export const failpoints = [
  "upload-received",
  "archive-checked",
  "archive-renamed",
  "archive-kept",
  "before-commit",
  "after-commit"
] as const
/** The same, in a rotation of the secrets' key. */
export const rotationFailpoints = ["secret-key-written", "secrets-resealed"] as const
export type FailpointName = (typeof failpoints)[number] | (typeof rotationFailpoints)[number]

/** Called at every named moment; does nothing unless a test says otherwise. */
export const Failpoint = Context.Reference<(name: FailpointName) => Effect.Effect<void>>(
  "@millrace/registry/Failpoint",
  { defaultValue: () => () => Effect.void }
)

/** Marks a named moment. */
export const failpoint = (name: FailpointName): Effect.Effect<void> =>
  Effect.flatMap(Failpoint, (reach) => reach(name))
