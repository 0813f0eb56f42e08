import { valueAt } from "./json-pointer.ts"
import type { PluginManifest } from "./manifest.ts"
import type { NodeProblems } from "./node-problems.ts"

/** The plugin as it is with a config: with the outputs that the config names. */
export const withConfigOutputs = (plugin: PluginManifest, config: unknown): PluginManifest => {
  const { outputsFrom } = plugin
  if (outputsFrom === undefined) return plugin
  const names = outputsFrom.flatMap((pointer) => namesAt(config, pointer))
  const outputs = [...new Set(names)].map((name) => ({ name, contract: { form: "derived" as const } }))
  return { ...plugin, outputs: [...plugin.outputs, ...outputs] }
}

/** What is wrong with the names that a config gives to outputs. */
export const checkConfigOutputs = (plugin: PluginManifest, config: unknown, problems: NodeProblems): void => {
  const taken = new Set(plugin.outputs.map(({ name }) => name))
  for (const pointer of plugin.outputsFrom ?? []) {
    for (const name of namesAt(config, pointer)) {
      const shown = JSON.stringify(name)
      if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name))
        problems.add(
          "CONFIG_INVALID",
          `config${pointer}`,
          `${shown} cannot be the name of an output`,
          "A name is of letters, digits, _ and -, at most 64, a letter first."
        )
      else if (taken.has(name))
        problems.add("CONFIG_INVALID", `config${pointer}`, `two outputs are named ${shown}`, "Rename one.")
      taken.add(name)
    }
  }
  if (plugin.outputsFrom !== undefined && taken.size === 0)
    problems.add("CONFIG_INVALID", "config", "no output is named", "Name one at least.")
}

const namesAt = (config: unknown, pointer: string): readonly string[] => {
  const value = valueAt(config, pointer)
  if (typeof value === "string") return [value]
  if (Array.isArray(value)) return value.filter((name) => typeof name === "string")
  return typeof value === "object" && value !== null ? Object.keys(value) : []
}
