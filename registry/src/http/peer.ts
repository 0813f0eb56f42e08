import { isIP } from "node:net"
import { getConnInfo } from "@hono/node-server/conninfo"
import type { Context } from "hono"

/** Names by which a machine calls itself. */
const loopbackNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"])

/** The name in a Host header, lower-case and without its port; undefined when it is not one. */
export const hostName = (header: string): string | undefined =>
  /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec(header.toLowerCase())?.[1]

export const isLoopbackName = (name: string): boolean => loopbackNames.has(name)

const isLoopbackAddress = (address: string): boolean => {
  const plain = address.replace(/^::ffff:/i, "")
  return isIP(plain) === 4 ? plain.startsWith("127.") : plain === "::1"
}

const remoteAddress = (context: Context): string | undefined => {
  // Without a connection (a request handed over in-process) there is no address to trust.
  if (typeof context.env !== "object" || context.env === null || !("incoming" in context.env))
    return undefined
  return getConnInfo(context).remote.address
}

/**
 * True when the request comes straight from this machine: by a loopback address, to a loopback name, and with no sign
 * of a proxy, which would make the whole world look local.
 */
export const isLocalRequest = (context: Context): boolean => {
  const address = remoteAddress(context)
  const name = hostName(context.req.header("host") ?? "")
  if (address === undefined || name === undefined) return false
  if (["forwarded", "x-forwarded-for", "via"].some((header) => context.req.header(header) !== undefined))
    return false
  return isLoopbackAddress(address) && isLoopbackName(name)
}
