import { escapePart } from "@millrace/sdk/manifest"

/** The JSON pointer (RFC 6901) of a codec's path: `lines[2].tags{a}` is `/lines/2/tags/a`; empty for the whole value.
 * A map's key with a brace in it is not told apart. */
export function jsonPointerOf(path: string): string {
  const parts = [...path.matchAll(/\{([^}]*)\}|\[(\d+)\]|([^.[{]+)/g)]
  return parts.map(([, key, index, name]) => `/${escapePart(key ?? index ?? name ?? "")}`).join("")
}
