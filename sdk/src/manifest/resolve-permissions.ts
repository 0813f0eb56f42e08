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

/** What the config may leave out, and does: nothing is asked for, and nothing granted. */
const isUnused = (permission: Permission, config: unknown): boolean =>
  permission.kind === "secret" &&
  typeof permission.name !== "string" &&
  permission.name.optional === true &&
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
      return { ...permission, ...placeOf(text(permission.host)) }
    case "secret":
      return {
        ...permission,
        name: text(permission.name),
        ...(permission.destination === undefined
          ? {}
          : { destination: originOf(text(permission.destination)) })
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
const placeOf = (value: string): { readonly host: string; readonly port?: number } => {
  const parts = partsOf(value)
  return parts === undefined ? { host: value } : { host: parts.host, port: parts.port }
}

/** The origin of a config's URL, written as `URL.origin` writes it; what is no URL stays as it is. */
const originOf = (value: string): string => {
  const parts = partsOf(value)
  if (parts === undefined) return value
  const { scheme, host, port } = parts
  return `${scheme}://${host}${port === knownPort(scheme) ? "" : `:${port}`}`
}

/** By hand: this is ground, which has no `URL`. The worker parses by the standard, and compares with what this gave. */
const partsOf = (value: string) => {
  const found = /^(https?):\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)(?::([0-9]{1,5}))?(?:[/?#]|$)/i.exec(value)
  if (found === null) return undefined
  const [, given = "", host = "", port] = found
  const scheme = given.toLowerCase()
  return { scheme, host: host.toLowerCase(), port: port === undefined ? knownPort(scheme) : Number(port) }
}

const knownPort = (scheme: string): number => (scheme === "http" ? 80 : 443)
