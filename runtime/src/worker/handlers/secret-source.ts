import type { HostRequestError } from "@millrace/sandbox"
import type * as Effect from "effect/Effect"

/** The operator's secrets. A value stays in the worker, but where a grant reveals it. */
export interface SecretSource {
  /** The secret's value; undefined where it is not set. Fails with `HOST_FAILED` when the store cannot be read. */
  readonly value: (name: string) => Effect.Effect<string | undefined, HostRequestError>
}
