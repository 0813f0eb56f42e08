import { describePermission } from "../../permission/describe-permission.ts"
import type { Permission } from "../../permission/permission.ts"
import type { PluginManifest } from "../manifest.ts"
import type { PluginChange } from "./package-change.ts"
import { sameJson } from "./same-json.ts"

/**
 * What a plugin asks for now and did not ask for, and what it asks for no more. By the permissions, not by their handles: those are the
 * author's names. Asking for less needs nobody's consent.
 */
export const permissionChanges = (before: PluginManifest, after: PluginManifest): readonly PluginChange[] => {
  const old = before.permissions.map(({ permission }) => permission)
  const fresh = after.permissions.map(({ permission }) => permission)
  return [
    ...unique(fresh.filter((one) => !old.some((other) => covers(other, one)))).map((permission) => ({
      ...said(permission, "asks to"),
      bump: "major" as const,
      widens: true
    })),
    ...unique(old.filter((one) => !fresh.some((other) => covers(other, one)))).map((permission) => ({
      ...said(permission, "no longer asks to"),
      bump: "patch" as const,
      widens: false
    }))
  ]
}

const said = (permission: Permission, verb: string) => ({
  area: "permission" as const,
  path: `permissions.${permission.kind}`,
  text: `${verb} ${describePermission(permission)}`
})

const unique = (permissions: readonly Permission[]): readonly Permission[] =>
  permissions.filter((one, index) => permissions.findIndex((other) => sameJson(one, other)) === index)

/**
 * Whether consent to one permission is consent to the other. Templates cover themselves alone, and what a permission says
 * besides its path or its methods must be the same.
 */
const covers = (wide: Permission, narrow: Permission): boolean => {
  if (sameJson(wide, narrow)) return true
  if ((wide.kind === "read" || wide.kind === "write") && wide.kind === narrow.kind)
    return isBelow(wide.path, narrow.path) && sameJson({ ...wide, path: "" }, { ...narrow, path: "" })
  if (wide.kind === "net" && narrow.kind === "net")
    return (
      includesMethods(wide.methods, narrow.methods) &&
      sameJson({ ...wide, methods: [] }, { ...narrow, methods: [] })
    )
  return false
}

/** Without methods all of them are asked for. */
const includesMethods = (
  wide: readonly string[] | undefined,
  narrow: readonly string[] | undefined
): boolean => wide === undefined || (narrow !== undefined && narrow.every((method) => wide.includes(method)))

const isBelow = (folder: unknown, path: unknown): boolean =>
  typeof folder === "string" &&
  typeof path === "string" &&
  !path.split("/").includes("..") &&
  path.startsWith(folder.endsWith("/") ? folder : `${folder}/`)
