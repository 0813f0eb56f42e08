import type { Definition } from "../plugin/definition.ts"
import type { DeriveRequest, GuestBundle, GuestHost, GuestInstance } from "./abi.ts"
import { decodeConfig } from "./instance/decode-config.ts"
import { deriveContract } from "./derive-contract.ts"
import { openProcessor } from "./instance/open-processor.ts"
import { openSink } from "./instance/open-sink.ts"
import { openSource } from "./instance/open-source.ts"
import { pluginManifest } from "./manifest/plugin-manifest.ts"
import { functionProcessor } from "../plugin/function/function-processor.ts"
import { pluginsOf } from "./plugins-of.ts"

/**
 * What a bundle offers to the harness: the thin shim around an author's module. Nothing of the author's runs here but
 * the module's own top level; `manifest` reads definitions only.
 */
export const guestEntry = (module: object): GuestBundle => {
  const find = (name: string): Definition => {
    const plugins = pluginsOf(module)
    const found = plugins.get(name)
    if (found !== undefined) return found
    throw new Error(`no plugin ${JSON.stringify(name)} here, but ${[...plugins.keys()].join(", ")}`)
  }
  return {
    abi: 1,
    manifest: () => JSON.stringify([...pluginsOf(module).values()].map(pluginManifest)),
    derive: (plugin, requestJson) => {
      const request: DeriveRequest = JSON.parse(requestJson)
      return JSON.stringify(deriveContract(find(plugin), request))
    },
    open: (plugin, configJson, host) => open(find(plugin), configJson, host)
  }
}

const open = (definition: Definition, configJson: string, host: GuestHost): GuestInstance => {
  const config = decodeConfig(definition.config, JSON.parse(configJson), (pointer) =>
    host.expression(pointer)
  )
  switch (definition.kind) {
    case "processor":
      return openProcessor(definition, config, host)
    case "source":
      return openSource(definition, config, host)
    case "sink":
      return openSink(definition, config, host)
    case "function":
      return openProcessor(functionProcessor(definition), config, host)
  }
}
