import type { PluginManifest } from "@millrace/sdk/manifest"
import { nearest } from "../../../pipeline/index.ts"
import { loadFailed, type LoadFailed } from "./problem.ts"

/** The plugin that is worked on: the one that is named, else the only one; else it must be said which. */
export const choosePlugin = (
  manifests: readonly PluginManifest[],
  wanted: string | undefined
): PluginManifest | LoadFailed => {
  const names = manifests.map(({ name }) => name)
  const [only] = manifests
  if (only === undefined)
    return unclear(
      "PLUGIN_MISSING",
      "the module exports no plugin",
      "export one made by defineProcessor, defineSource or defineSink"
    )
  if (wanted === undefined)
    return manifests.length === 1
      ? only
      : unclear(
          "PLUGIN_UNCLEAR",
          `the module exports several plugins: ${manifests.map(({ kind, name }) => `${name} (${kind})`).join(", ")}`,
          `choose one: --plugin ${only.name}`
        )
  const found = manifests.find(({ name }) => name === wanted)
  if (found !== undefined) return found
  const near = nearest(wanted, names)
  return unclear(
    "PLUGIN_MISSING",
    `the module exports no plugin ${wanted}`,
    near === undefined ? `it exports ${names.join(", ")}` : `did you mean ${near}?`
  )
}

const unclear = (code: string, message: string, remedy: string): LoadFailed =>
  loadFailed("manifest", [{ code, message, frame: [], remedy }])
