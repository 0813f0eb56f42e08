import { randomBytes } from "node:crypto"
import type { HostRequest } from "@millrace/sandbox"
import type { Permission } from "@millrace/sdk/permission"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { NodePlan } from "../../plan/physical.ts"
import type { CallMeters } from "./call-meters.ts"
import { serveFiles } from "./files.ts"
import { nodeRequests } from "./host-services.ts"
import type { HostServices } from "./host-services.ts"
import { serveHttp } from "./http/serve-http.ts"
import { grantedTopic, kafkaAccess } from "./kafka/kafka-settings.ts"
import { KafkaNode, serveKafka } from "./kafka/serve-kafka.ts"
import { member, refuse } from "./request-failure.ts"
import type { Answer } from "./request-failure.ts"
import { serveReveal, serveVariable } from "./reveal.ts"

const maxRandomBytes = 65_536

/** Refusals that someone should see: a plugin asked for what it may not have. */
const audited: ReadonlySet<string> = new Set(["PERMISSION_DENIED", "ADDRESS_REFUSED", "REDIRECT_REFUSED"])

/**
 * Serves the requests of a chain's guests by what was granted to each node, by handle, and by nothing else: what a node
 * did not declare, or an operator did not grant, is refused with `PERMISSION_DENIED`, a line in the audit log and a count.
 * Without `services` there is no world outside: `http`, secrets and variables are `UNSUPPORTED`; without `take` so is listening.
 */
export function hostRequests(
  pipeline: string,
  nodes: readonly NodePlan[],
  services?: HostServices,
  take?: (request: HostRequest) => Answer,
  meters?: CallMeters
): (request: HostRequest) => Answer {
  const granted = new Map<string, readonly Permission[]>()
  for (const { spec, permissions } of nodes)
    for (const { handle, permission } of permissions) {
      const name = grantName(spec.node, handle)
      granted.set(name, [...(granted.get(name) ?? []), permission])
    }
  const outside = new Map(nodes.map((node) => [node.spec.node, outsideOf(pipeline, node)]))
  const answered = (request: HostRequest): Answer => {
    const permissions = granted.get(grantName(request.node, request.handle)) ?? []
    if (permissions.some(({ kind }) => kind === "listen"))
      return take === undefined ? refuse("UNSUPPORTED", "nothing listens in this worker") : take(request)
    return serve(permissions, request, outside.get(request.node), services).pipe(
      Effect.tapError((error) =>
        audited.has(error.code) ? audit(pipeline, request, error, services) : Effect.void
      )
    )
  }
  return meters === undefined
    ? answered
    : (request) =>
        Effect.flatMap(Clock.currentTimeNanos, (begun) =>
          Effect.ensuring(
            answered(request),
            Effect.map(Clock.currentTimeNanos, (ended) =>
              meters.add(pipeline, request.node, request.operation, Number(ended - begun) / 1e9)
            )
          )
        )
}

/** What all handles of a node share. */
interface NodeOutside {
  readonly nodeSecrets: readonly string[]
  readonly slots: Semaphore.Semaphore
  readonly kafka: KafkaNode | undefined
}

function outsideOf(pipeline: string, node: NodePlan): NodeOutside {
  const { permissions } = node
  const names = permissions.flatMap(({ permission }) =>
    permission.kind === "secret" && permission.mode !== "reveal" && typeof permission.name === "string"
      ? [permission.name]
      : []
  )
  const access = permissions.some(({ permission }) => permission.kind === "kafka")
    ? kafkaAccess(node)
    : undefined
  return {
    nodeSecrets: [...new Set(names)],
    slots: Semaphore.makeUnsafe(nodeRequests),
    kafka: access && new KafkaNode(`${pipeline}.${node.spec.node}`, access)
  }
}

function serve(
  permissions: readonly Permission[],
  request: HostRequest,
  outside: NodeOutside | undefined,
  services: HostServices | undefined
): Answer {
  const has = (kind: Permission["kind"]) => permissions.some((permission) => permission.kind === kind)
  const isOutside =
    has("kafka") ||
    (request.operation === "request" && has("net")) ||
    (request.operation === "reveal" && has("secret")) ||
    (request.operation === "env" && has("env"))
  if (!isOutside || outside === undefined)
    return (
      permissions.map((permission) => serveInside(permission, request)).find((one) => one !== undefined) ??
      refuse("PERMISSION_DENIED", "this operation was not granted to this handle")
    )
  if (services === undefined) return refuse("UNSUPPORTED", "this worker has no way outside")
  if (has("kafka")) return serveTopic(permissions, request, outside, services)
  if (request.operation === "reveal") return serveReveal(permissions, request, services)
  if (request.operation === "env") return serveVariable(permissions, request, services)
  return serveHttp({ ...outside, permissions }, request, services)
}

/** A topic of a cluster that is not this platform's own. */
function serveTopic(
  permissions: readonly Permission[],
  request: HostRequest,
  { kafka: node, slots }: NodeOutside,
  { kafka, secrets }: HostServices
): Answer {
  const topic = grantedTopic(permissions)
  if (topic === undefined || node === undefined)
    return refuse("PERMISSION_DENIED", "no topic was granted to this handle")
  if (kafka === undefined) return refuse("UNSUPPORTED", "this worker reaches no topics of other clusters")
  return slots.withPermit(serveKafka({ node, topic, permissions }, request, kafka, secrets))
}

function serveInside(permission: Permission, request: HostRequest): Answer | undefined {
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

function audit(
  pipeline: string,
  request: HostRequest,
  why: { readonly code: string; readonly message: string },
  services: HostServices | undefined
): Effect.Effect<void> {
  const { node, handle, operation } = request
  services?.refusals.add({ pipeline, node, code: why.code })
  return Effect.logWarning("permission denied").pipe(
    Effect.annotateLogs({
      audit: "permission-denied",
      pipeline,
      node,
      handle: handle.slice(0, 100),
      operation: operation.slice(0, 100),
      code: why.code,
      why: why.message
    })
  )
}

function grantName(node: string, handle: string): string {
  return JSON.stringify([node, handle])
}
