import type { Permission } from "../permission/permission.ts"
import { valueAt } from "./json-pointer.ts"
import type { PluginManifest } from "./manifest.ts"
import type { NodeProblems } from "./node-problems.ts"

export interface HandlePermission {
  readonly handle: string
  readonly permission: Permission
}

/**
 * What the node will really touch: every template of the manifest replaced by the config's value, and every host and origin
 * written as the WHATWG URL Standard writes it, so that `http://0x7f.1` is granted, if at all, as `127.0.0.1`.
 */
export const resolvePermissions = (
  plugin: PluginManifest,
  config: unknown,
  problems: NodeProblems
): readonly HandlePermission[] => {
  const filler = new Filler(config, problems)
  return plugin.permissions.flatMap(({ handle, permission }) =>
    filler.isUnused(permission) ? [] : [{ handle, permission: filler.filled(permission) }]
  )
}

type Template = string | { readonly config: string; readonly optional?: true }

class Filler {
  readonly #config: unknown
  readonly #problems: NodeProblems
  constructor(config: unknown, problems: NodeProblems) {
    this.#config = config
    this.#problems = problems
  }

  /** What the config may name, and does not: nothing is asked for, and nothing sent. */
  isUnused(permission: Permission): boolean {
    return Object.values(permission).some((part: unknown) => {
      if (!isOptional(part)) return false
      const value = valueAt(this.#config, part.config)
      return value === undefined || value === null || value === ""
    })
  }

  filled(permission: Permission): Permission {
    switch (permission.kind) {
      case "read":
      case "write":
        return { ...permission, path: this.#text(permission.path) }
      case "net":
        return { ...permission, ...this.#place(permission.host) }
      case "secret":
        return {
          ...permission,
          name: this.#text(permission.name),
          ...(permission.destination === undefined
            ? {}
            : { destination: this.#url(permission.destination)?.origin ?? "" }),
          ...(permission.brokers === undefined ? {} : { brokers: this.#brokers(permission.brokers) })
        }
      case "kafka":
        return {
          ...permission,
          brokers: this.#brokers(permission.brokers),
          topic: this.#text(permission.topic)
        }
      case "kafka-group":
        return {
          ...permission,
          brokers: this.#brokers(permission.brokers),
          group: this.#text(permission.group)
        }
      case "topic":
        return { ...permission, topic: this.#text(permission.topic) }
      case "listen":
        return this.#listen(permission)
      case "env":
      case "clock":
      case "random":
        return permission
    }
  }

  #text(template: Template): string {
    if (typeof template === "string") return template
    const value = valueAt(this.#config, template.config)
    if (typeof value === "string" && value !== "") return value
    this.#problems.add(
      "CONFIG_INVALID",
      `config${template.config}`,
      "this value says what the plugin may touch, and it is missing",
      "Give it, as text."
    )
    return ""
  }

  /** The config's list of origins may be absent or empty: then no page of another site is let in. */
  #listen({ origins }: Extract<Permission, { readonly kind: "listen" }>): Permission {
    const given =
      origins !== undefined && "config" in origins ? valueAt(this.#config, origins.config) : origins
    const place = origins !== undefined && "config" in origins ? `config${origins.config}` : "permissions"
    if (given === undefined || (Array.isArray(given) && given.length === 0)) return { kind: "listen" }
    const all: readonly unknown[] = Array.isArray(given) ? given : [given]
    return { kind: "listen", origins: all.map((one, index) => this.#origin(one, `${place}/${index}`)) }
  }

  #origin(given: unknown, place: string): string {
    const url = typeof given === "string" ? URL.parse(given) : null
    const isHttp = url !== null && (url.protocol === "https:" || url.protocol === "http:")
    if (isHttp && url.origin === String(given).toLowerCase().replace(/\/$/, "")) return url.origin
    this.#problems.add(
      "CONFIG_INVALID",
      place,
      "this is no origin of web pages",
      'Give scheme, host and port only, like "https://shop.example"; there is no word for all of them.'
    )
    return ""
  }

  /** Addresses of brokers, in text or as a list: each once, in the order of the alphabet, so that what is granted stays the same. */
  #brokers(template: Template): string {
    const given = typeof template === "string" ? template : valueAt(this.#config, template.config)
    const listed: readonly unknown[] = Array.isArray(given)
      ? given
      : typeof given === "string"
        ? given.split(",")
        : [given]
    const addresses = listed.map(brokerAddress)
    const wrong = addresses.findIndex((address) => address === undefined)
    if (wrong < 0)
      return [...new Set(addresses)].toSorted((one = "", other = "") => (one < other ? -1 : 1)).join(",")
    this.#problems.add(
      "CONFIG_INVALID",
      typeof template === "string" ? "permissions" : `config${template.config}`,
      `${JSON.stringify(listed[wrong])} is no address of a Kafka broker`,
      'Give HOST:PORT, like "kafka-1.example:9092", several with commas between.'
    )
    return ""
  }

  /** A literal host is one by itself, its port beside it; the config's is a URL, and has both. */
  #place(host: Template): { readonly host: string; readonly port?: number } {
    const url = typeof host === "string" ? this.#url(`http://${host}`) : this.#url(host)
    if (url === undefined) return { host: "" }
    if (typeof host === "string") return { host: url.hostname }
    return { host: url.hostname, port: url.port === "" ? knownPort(url) : Number(url.port) }
  }

  #url(template: Template): URL | undefined {
    const text = this.#text(template)
    if (text === "") return undefined
    const url = URL.parse(text)
    const isHttp = url !== null && (url.protocol === "https:" || url.protocol === "http:")
    if (isHttp && url.username === "" && url.password === "") return url
    return this.#problems.add(
      "CONFIG_INVALID",
      typeof template === "string" ? "permissions" : `config${template.config}`,
      isHttp ? "a URL with a user name or password in it" : "this is no absolute http or https URL",
      'Give one like "https://api.example.com/path"; passwords are secrets: millrace secret set.'
    )
  }
}

const usualBrokerPort = 9_092

/** `host:port` in lower case; an IPv6 host stands in brackets. */
const brokerAddress = (given: unknown): string | undefined => {
  const [, host, port = usualBrokerPort] =
    /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(String(given).trim()) ?? []
  return host === undefined || Number(port) > 65_535 ? undefined : `${host.toLowerCase()}:${port}`
}

const knownPort = (url: URL): number => (url.protocol === "http:" ? 80 : 443)

const isOptional = (part: unknown): part is { readonly config: string } =>
  typeof part === "object" &&
  part !== null &&
  "config" in part &&
  typeof part.config === "string" &&
  "optional" in part &&
  part.optional === true
