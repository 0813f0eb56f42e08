import {
  type AvroType,
  checkCompatibility,
  type CompatibilityMode,
  parseAvroOrThrow
} from "@millrace/sdk/avro"
import type { PackageManifest, PluginManifest } from "@millrace/sdk/manifest"

interface Port {
  readonly place: string
  readonly schema: AvroType
}

type Side = PluginManifest["inputs"] | PluginManifest["outputs"]

/** Closed contracts by the name of their input or output. Open and derived ones are checked where they are used: `plan` knows the stream. */
const closedPorts = (side: Side, place: string): ReadonlyMap<string, Port> =>
  new Map(
    side.flatMap(({ contract, name }) =>
      contract.form === "closed"
        ? [[name, { place: `${place} ${name}`, schema: parseAvroOrThrow(contract.schema) }] as const]
        : []
    )
  )

const portBreaks = (before: Side, after: Side, place: string, mode: CompatibilityMode): readonly string[] => {
  const now = closedPorts(after, place)
  const names = new Set(after.map(({ name }) => name))
  return [
    ...before.filter(({ name }) => !names.has(name)).map(({ name }) => `${place} ${name} is gone`),
    ...[...closedPorts(before, place)].flatMap(([name, { schema }]) => {
      const port = now.get(name)
      if (port === undefined) return []
      const { problems } = checkCompatibility(mode, port.schema, [schema])
      return problems.map(
        ({ message, path }) => `${port.place}${path === "" ? "" : ` at ${path}`}: ${message}`
      )
    })
  ]
}

const pluginBreaks = (before: PluginManifest, after: PluginManifest | undefined): readonly string[] => {
  if (after?.kind !== before.kind) return [`the ${before.kind} ${before.name} is gone`]
  return [
    // A new input must read the records of yesterday; yesterday's readers must read the new output.
    ...portBreaks(before.inputs, after.inputs, `${before.name}: input`, "BACKWARD"),
    ...portBreaks(before.outputs, after.outputs, `${before.name}: output`, "FORWARD")
  ]
}

/** What worked with `previous` and does not with `next`: plugins, inputs and outputs that are gone, closed contracts that do not go on. */
export const contractBreaks = (previous: PackageManifest, next: PackageManifest): readonly string[] => {
  const plugins = new Map(next.plugins.map((plugin) => [plugin.name, plugin]))
  return previous.plugins.flatMap((plugin) => pluginBreaks(plugin, plugins.get(plugin.name)))
}
