import type { HostRequest } from "@millrace/sandbox"
import type { Permission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import type { HostServices } from "./host-services.ts"
import { member, refuse } from "./request-failure.ts"
import type { Answer } from "./request-failure.ts"

/** Answers a secret's value to a guest that was granted to see it. */
export function serveReveal(
  permissions: readonly Permission[],
  { payload }: HostRequest,
  { secrets }: HostServices
): Answer {
  const name = member(payload, "secret")
  const isGranted = permissions.some(
    (permission) => permission.kind === "secret" && permission.mode === "reveal" && permission.name === name
  )
  if (!isGranted || typeof name !== "string")
    return refuse("PERMISSION_DENIED", "the secret was not granted to be revealed to this handle")
  return Effect.flatMap(secrets.value(name), (value) =>
    value === undefined
      ? refuse(
          "SECRET_MISSING",
          `the secret '${name}' has no value: set it with \`millrace secret set ${name}\``
        )
      : Effect.succeed({ result: { value } })
  )
}

/** Settings of the platform itself, the key of its secrets among them: no grant opens these. */
const ownVariables = /^(?:MILLRACE_|NODE_)/i

/** Answers a variable of the worker's environment by the exact name that was granted. */
export function serveVariable(
  permissions: readonly Permission[],
  { payload }: HostRequest,
  { variable }: HostServices
): Answer {
  const name = member(payload, "name")
  const isGranted = permissions.some((permission) => permission.kind === "env" && permission.name === name)
  if (!isGranted || typeof name !== "string" || ownVariables.test(name))
    return refuse("PERMISSION_DENIED", "the variable was not granted to this handle")
  return Effect.sync(() => ({ result: { value: variable(name) ?? null } }))
}
