import type { Permission } from "@millrace/sdk/permission"
import { resolve } from "node:path"
import { canonicalJson } from "../../pipeline/index.ts"
import type { LogicalNode } from "../analysis/logical-node.ts"
import type { PlannedPermission, PlanRequest } from "../plan.ts"

interface HandlePermission {
  readonly handle: string
  readonly permission: Permission
}

/** Paths made absolute, from the folder of the pipeline: what an operator reads and grants is what will be touched. */
export const absolutePermissions = (
  permissions: readonly HandlePermission[],
  baseFolder: string
): readonly HandlePermission[] =>
  permissions.map(({ handle, permission }) => ({ handle, permission: absolute(permission, baseFolder) }))

const absolute = (permission: Permission, baseFolder: string): Permission => {
  if (permission.kind !== "read" && permission.kind !== "write") return permission
  return typeof permission.path === "string"
    ? { ...permission, path: resolve(baseFolder, permission.path) }
    : permission
}

/** What a node asks for, and whether the operator has consented to exactly that. */
export const plannedPermissions = (
  node: LogicalNode,
  request: Pick<PlanRequest, "baseFolder" | "grants">
): readonly PlannedPermission[] => {
  const granted = new Set(
    request.grants.filter((grant) => grant.node === node.name).map((grant) => canonicalJson(grant.permission))
  )
  return absolutePermissions(node.resolved.permissions, request.baseFolder).map(({ handle, permission }) => ({
    node: node.name,
    handle,
    package: node.plugin.label,
    permission,
    granted: granted.has(canonicalJson(permission))
  }))
}

/** In plain words, for whoever is asked to grant it: `read files below /data/movies.json`. */
export const describePermission = (permission: Permission): string => {
  switch (permission.kind) {
    case "read":
      return `read files below ${text(permission.path)}`
    case "write":
      return `write files below ${text(permission.path)}`
    case "net":
      return `connect to ${text(permission.host)}${permission.port === undefined ? "" : `:${permission.port}`}`
    case "env":
      return `read the environment variable ${permission.name}`
    case "secret":
      return `${secretModes[permission.mode]} the secret ${permission.name} for ${text(permission.destination)}`
    case "topic":
      return `${permission.access} the topic ${text(permission.topic)}`
    case "clock":
      return "read the real clock"
    case "random":
      return "draw real random numbers"
  }
}

const secretModes = { inject: "send", sign: "sign with", reveal: "SEE" } as const

const text = (template: string | { readonly config: string }): string =>
  typeof template === "string" ? template : `the config's ${template.config}`
