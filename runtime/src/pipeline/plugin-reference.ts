import semver from "semver"
import type { PackageReference, PathReference } from "./pipeline.ts"

const packageName = /^(?:@[a-z0-9][a-z0-9._-]{0,63}\/)?[a-z0-9][a-z0-9._-]{0,127}$/
const pluginName = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

export type PluginReferenceResult =
  | { readonly ok: PackageReference | PathReference }
  | { readonly error: string; readonly remedy: string }

const shapes = "Write package@range (as @millrace/filter@^1), package#plugin@range, or ./path/to/module.ts."

/** Reads what stands after `source:`, `use:` or `sink:`. Without a range any version will do. */
export const parsePluginReference = (text: string): PluginReferenceResult => {
  if (/^\.{0,2}\//.test(text)) return parsePath(text)
  const match = /^(@?[^@#]*)(?:#([^@]*))?(?:@(.*))?$/s.exec(text)
  const name = match?.[1] ?? ""
  if (match === null || !packageName.test(name)) {
    return { error: `${JSON.stringify(text)} names no package`, remedy: shapes }
  }
  const plugin = match[2]
  if (plugin !== undefined && !pluginName.test(plugin)) {
    return { error: `${JSON.stringify(plugin)} cannot be the name of a plugin`, remedy: shapes }
  }
  const range = semver.validRange(match[3] ?? "*")
  if (range === null || (match[3] ?? "*").length > 200) {
    return {
      error: `${JSON.stringify(match[3])} is not a range of versions`,
      remedy: "Write a range as npm reads it: ^1, ~1.2, 1.2.3."
    }
  }
  return { ok: { package: name, range: match[3] ?? "*", ...(plugin === undefined ? {} : { plugin }) } }
}

const parsePath = (text: string): PluginReferenceResult => {
  const [path = "", plugin, ...more] = text.split("#")
  const controls = path.split("").some((unit) => unit < " ")
  if (more.length > 0 || controls || path.length > 1_000 || path.endsWith("/")) {
    return { error: `${JSON.stringify(text)} is no path to a module`, remedy: shapes }
  }
  if (plugin !== undefined && !pluginName.test(plugin)) {
    return { error: `${JSON.stringify(plugin)} cannot be the name of a plugin`, remedy: shapes }
  }
  return { ok: { path, ...(plugin === undefined ? {} : { plugin }) } }
}
