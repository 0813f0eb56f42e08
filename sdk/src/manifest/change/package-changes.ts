import { nodeKind, type PackageManifest, type PluginManifest } from "../manifest.ts"
import { change, type PackageChange, type PluginChange } from "./package-change.ts"
import { pluginChanges } from "./plugin-changes.ts"

/**
 * Every difference of two versions of a package that concerns whoever uses it, with the least bump that each needs.
 * What a bundle does otherwise nobody can compute: two manifests that say the same differ by a patch.
 */
export const packageChanges = (before: PackageManifest, after: PackageManifest): readonly PackageChange[] => {
  const now = new Map(after.plugins.map((plugin) => [plugin.name, plugin]))
  const was = new Set(before.plugins.map(({ name }) => name))
  return [
    ...before.plugins.flatMap((old) => {
      const fresh = now.get(old.name)
      if (fresh === undefined)
        return named(old, [change("plugin", "", `the ${old.kind} ${old.name} is gone`, "major")])
      if (fresh.kind !== old.kind)
        return named(old, [
          change("plugin", "", `${old.name} is a ${fresh.kind}, not a ${old.kind}`, "major")
        ])
      return named(old, pluginChanges(old, fresh))
    }),
    ...after.plugins
      .filter(({ name }) => !was.has(name))
      .flatMap((fresh) => named(fresh, [added(before, fresh)]))
  ]
}

const named = (plugin: PluginManifest, changes: readonly PluginChange[]): readonly PackageChange[] =>
  changes.map((each) => ({ ...each, plugin: plugin.name }))

/** One more plugin is harmless, but for a package that had one of its kind: its name alone no longer says which. */
const added = (before: PackageManifest, { kind, name }: PluginManifest): PluginChange => {
  const isOnly = before.plugins.filter((plugin) => nodeKind(plugin) === nodeKind({ kind })).length === 1
  const text = `the ${kind} ${name} is new`
  return isOnly
    ? change("plugin", "", `${text}; the package alone no longer names the one ${kind}`, "major")
    : change("plugin", "", text, "minor")
}
