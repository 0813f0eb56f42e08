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
  return plugin.permissions.flatMap(({ handle, permission }) =>
    isUnused(permission, config) ? [] : [{ handle, permission: filled(permission, text) }]
  )
}

/** A secret that the config may name, and does not: nothing is asked for, and nothing sent. */
const isUnused = (permission: Permission, config: unknown): boolean =>
  permission.kind === "secret" &&
  typeof permission.name !== "string" &&
  valueAt(config, permission.name.config) === undefined

const filled = (
  permission: Permission,
  text: (template: string | { readonly config: string }) => string
): Permission => {
  switch (permission.kind) {
    case "read":
    case "write":
      return { ...permission, path: text(permission.path) }
    case "net":
      return { ...permission, ...originOf(text(permission.host)) }
    case "secret":
      return {
        ...permission,
        name: text(permission.name),
        destination: originOf(text(permission.destination)).host
      }
    case "topic":
      return { ...permission, topic: text(permission.topic) }
    case "env":
    case "clock":
    case "random":
      return permission
  }
}

/** The host of a config's URL, and its port: what will be connected to. What is no URL is a host by itself. */
const originOf = (value: string): { readonly host: string; readonly port?: number } => {
  const found = /^(https?):\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)(?::([0-9]{1,5}))?(?:[/?#]|$)/i.exec(value)
  if (found === null) return { host: value }
  const [, scheme = "", host = "", port] = found
  return { host: host.toLowerCase(), port: Number(port ?? (scheme.toLowerCase() === "http" ? 80 : 443)) }
}
