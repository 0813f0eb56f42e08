import { randomBytes } from "node:crypto"
import type { HostRequest } from "@millrace/sandbox"
import type { Permission } from "@millrace/sdk/permission"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { NodePlan } from "../../plan/physical.ts"
import { serveFiles } from "./files.ts"
import { member, refuse } from "./request-failure.ts"
import type { Answer } from "./request-failure.ts"

const maxRandomBytes = 65_536

/**
 * Serves the requests of a chain's guests by what was granted to each node, by handle, and by nothing else: what a node
 * did not declare, or an operator did not grant, is refused with `PERMISSION_DENIED` and a line in the audit log.
 */
export function hostRequests(pipeline: string, nodes: readonly NodePlan[]): (request: HostRequest) => Answer {
  const granted = new Map<string, readonly Permission[]>()
  for (const { spec, permissions } of nodes)
    for (const { handle, permission } of permissions) {
      const name = grantName(spec.node, handle)
      granted.set(name, [...(granted.get(name) ?? []), permission])
    }
  return (request) => {
    const permissions = granted.get(grantName(request.node, request.handle)) ?? []
    const answer = permissions
      .map((permission) => serve(permission, request))
      .find((one) => one !== undefined)
    return (
      answer ?? refuse("PERMISSION_DENIED", `'${request.operation}' was not granted to this handle`)
    ).pipe(
      Effect.tapError((error) =>
        error.code === "PERMISSION_DENIED" ? audit(pipeline, request, error.message) : Effect.void
      )
    )
  }
}

function serve(permission: Permission, request: HostRequest): Answer | undefined {
  switch (permission.kind) {
    case "read":
    case "write":
      // A template that was not resolved grants nothing.
      return typeof permission.path === "string"
        ? serveFiles({ path: permission.path, access: permission.kind }, request)
        : undefined
    case "clock":
      return request.operation === "now"
        ? Effect.map(Clock.currentTimeMillis, (now) => ({ result: { now } }))
        : undefined
    case "random":
      return request.operation === "bytes" ? serveRandom(request.payload) : undefined
    default:
      return undefined
  }
}

function serveRandom(payload: unknown): Answer {
  const length = member(payload, "length")
  const isLength = typeof length === "number" && Number.isInteger(length) && length >= 0
  if (!isLength || length > maxRandomBytes) return refuse("LIMIT", "0 to 65,536 random bytes in one request")
  return Effect.sync(() => ({ result: {}, bytes: new Uint8Array(randomBytes(length)) }))
}

function audit(pipeline: string, request: HostRequest, why: string): Effect.Effect<void> {
  const { node, handle, operation } = request
  return Effect.logWarning("permission denied").pipe(
    Effect.annotateLogs({ audit: "permission-denied", pipeline, node, handle, operation, why })
  )
}

function grantName(node: string, handle: string): string {
  return JSON.stringify([node, handle])
}
