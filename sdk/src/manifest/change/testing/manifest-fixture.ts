import type { PackageManifest, PluginManifest } from "../../manifest.ts"

/** The smallest processor that there is, with the given parts. */
export const pluginOf = (parts: Partial<PluginManifest> = {}): PluginManifest => ({
  name: "films",
  kind: "processor",
  config: { type: "object", properties: {}, additionalProperties: false },
  expressions: [],
  inputs: [],
  outputs: [],
  bodies: [],
  keyBy: [],
  state: [],
  tables: [],
  permissions: [],
  timers: false,
  ...parts
})

export const packageOf = (...plugins: readonly PluginManifest[]): PackageManifest => ({
  manifest: 1,
  abi: 1,
  name: "@acme/movies",
  version: "1.0.0",
  bundle: "sha512-",
  plugins
})
