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
