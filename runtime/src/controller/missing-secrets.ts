import type { ApiError, MissingSecret } from "@millrace/sdk/api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Plan } from "../plan/index.ts"

/** Names of the secrets that have a value which can be read: the registry's, by an adapter of the program. */
export class SecretNames extends Context.Service<
  SecretNames,
  { readonly readable: Effect.Effect<ReadonlySet<string>, ApiError> }
>()("millrace/controller/SecretNames") {}

/** Secrets that a plan's nodes ask for and that have no value yet: requests that need one would fail. By name. */
export const missingSecrets = (plan: Plan, readable: ReadonlySet<string>): readonly MissingSecret[] => {
  const nodes = new Map<string, Set<string>>()
  for (const { node, permission } of plan.permissions) {
    if (permission.kind !== "secret" || typeof permission.name !== "string") continue
    if (readable.has(permission.name)) continue
    nodes.set(permission.name, (nodes.get(permission.name) ?? new Set()).add(node))
  }
  return [...nodes]
    .map(([secret, askers]) => ({ secret, nodes: [...askers] }))
    .toSorted((left, right) => (left.secret < right.secret ? -1 : 1))
}

/** {@link missingSecrets} of the secrets as they are set now. */
export const findMissingSecrets = (plan: Plan) =>
  Effect.flatMap(SecretNames, ({ readable }) => Effect.map(readable, (names) => missingSecrets(plan, names)))
