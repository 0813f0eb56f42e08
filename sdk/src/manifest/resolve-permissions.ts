import type { Permission } from "../permission/permission.ts"
import { valueAt } from "./json-pointer.ts"
import type { PluginManifest } from "./manifest.ts"
import type { NodeProblems } from "./node-problems.ts"

export interface HandlePermission {
  readonly handle: string
  readonly permission: Permission
}

/** What the node will really touch: every template of the manifest replaced by the config's value. */
export const resolvePermissions = (
  plugin: PluginManifest,
  config: unknown,
  problems: NodeProblems
): readonly HandlePermission[] => {
  const text = (template: string | { readonly config: string }): string => {
    if (typeof template === "string") return template
    const value = valueAt(config, template.config)
    if (typeof value === "string" && value !== "") return value
    problems.add(
      "CONFIG_INVALID",
      `config${template.config}`,
      "this value says what the plugin may touch, and it is missing",
      "Give it, as text."
    )
    return ""
  }
  return plugin.permissions.map(({ handle, permission }) => ({
    handle,
    permission: filled(permission, text)
  }))
}

const filled = (
  permission: Permission,
  text: (template: string | { readonly config: string }) => string
): Permission => {
  switch (permission.kind) {
    case "read":
    case "write":
      return { ...permission, path: text(permission.path) }
    case "net":
      return { ...permission, host: text(permission.host) }
    case "secret":
      return { ...permission, destination: text(permission.destination) }
    case "topic":
      return { ...permission, topic: text(permission.topic) }
    case "env":
    case "clock":
    case "random":
      return permission
  }
}
