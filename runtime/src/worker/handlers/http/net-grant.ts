import type { HostRequestError } from "@millrace/sandbox"
import type { Permission } from "@millrace/sdk/permission"
import * as Result from "effect/Result"
import { httpFailure } from "./http-failure.ts"

const schemes: { readonly [protocol: string]: number } = { "http:": 80, "https:": 443 }

/** A URL as the standard reads it, which is then the only reading: checked, sent, and compared with what a redirect says. */
export function readUrl(text: string, base?: URL): Result.Result<URL, HostRequestError> {
  if (text === "" && base === undefined)
    return Result.fail(httpFailure("NOT_CONFIGURED", "the config names no URL"))
  const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined
  if (url === undefined || !(url.protocol in schemes))
    return Result.fail(httpFailure("URL_INVALID", "not an absolute http or https URL"))
  if (url.username !== "" || url.password !== "")
    return Result.fail(
      httpFailure("URL_INVALID", "a URL with a user name; give a secret as 'auth' in its place")
    )
  url.hash = ""
  return Result.succeed(url)
}

/** The port that a URL means. */
export function portOf(url: URL): number {
  return url.port === "" ? (schemes[url.protocol] ?? 0) : Number(url.port)
}

/**
 * Whether a handle may send this: the URL's host as the standard reads it is the granted text itself, the port is the
 * granted one (without one, the scheme's own), the method is one of the granted. Undefined: it may.
 */
export function denied(
  permissions: readonly Permission[],
  url: URL,
  method: string
): HostRequestError | undefined {
  const nets = permissions.filter((permission) => permission.kind === "net")
  const port = portOf(url)
  const there = nets.filter(
    (net) => net.host === url.hostname && (net.port ?? schemes[url.protocol]) === port
  )
  if (there.length === 0) return httpFailure("PERMISSION_DENIED", `${url.hostname}:${port} is not granted`)
  return there.some(({ methods }) => methods === undefined || methods.includes(method))
    ? undefined
    : httpFailure("PERMISSION_DENIED", `${method} is not granted for ${url.hostname}:${port}`)
}

/** Whether a handle may use a secret so: its name and mode are granted, and where: the origin that it may go to. */
export function secretOrigins(
  permissions: readonly Permission[],
  name: string,
  mode: "inject" | "sign"
): readonly string[] {
  return permissions.flatMap((permission) =>
    permission.kind === "secret" &&
    permission.name === name &&
    permission.mode === mode &&
    typeof permission.destination === "string"
      ? [permission.destination]
      : []
  )
}
