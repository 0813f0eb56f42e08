import type { PluginManifest } from "../../manifest/manifest.ts"
import { FixtureFault, type Path } from "../fixture/fixture-problem.ts"
import type { ConformanceCase, FixtureCase } from "../fixture/fixture-file.ts"
import { type LoadedModule, withDefaults } from "../fixture/fixture-runner.ts"
import type { Fixture } from "../fixture/read-fixture.ts"
import type { ReadyCase } from "../fixture/run-case.ts"
import { withRecords, withSchemas } from "./generated-rows.ts"
import { sampleConfig } from "./sample-config.ts"

/** A plugin in surroundings to be tried in. */
export interface Setup {
  readonly name: string | undefined
  readonly ready: ReadyCase
  /** Rule -> why it is not tried. */
  readonly skip: { readonly [rule: string]: string }
  /** Where the surroundings are from: said for this, those of a fixture's first case, or made up of the manifest. */
  readonly from: "conformance" | "case" | "manifest"
}

/**
 * What each plugin of a module is tried in: what the fixture's `conformance` says; else its first case there that is to succeed; else
 * what can be made up. Throws a {@link FixtureFault}.
 */
export const setupsOf = (fixture: Fixture, loaded: LoadedModule): readonly Setup[] => {
  const { conformance = [] } = fixture.content
  const listed = conformance.map((entry, index) =>
    listedSetup(fixture, loaded, entry, ["conformance", index])
  )
  const tried = new Set(listed.map(({ ready }) => ready.manifest.name))
  const others = loaded.manifests.filter(({ name }) => !tried.has(name))
  return [...listed, ...others.map((manifest) => usualSetup(fixture, loaded, manifest))]
}

const listedSetup = (fixture: Fixture, loaded: LoadedModule, entry: ConformanceCase, path: Path): Setup => {
  const { name, skip = {}, ...rest } = entry
  const given = withDefaults({ ...rest, name: name ?? "conformance" }, fixture.content)
  const manifest = pluginOf(loaded, given.plugin, path)
  return {
    name,
    skip,
    from: "conformance",
    ready: readied({ fixture, path, case: given, manifest, bundle: loaded.bundle })
  }
}

const pluginOf = ({ manifests }: LoadedModule, name: string | undefined, path: Path): PluginManifest => {
  const [only, ...others] = name === undefined ? manifests : manifests.filter((each) => each.name === name)
  if (only !== undefined && others.length === 0) return only
  throw new FixtureFault(
    [...path, "plugin"],
    name === undefined ? "the module has several plugins" : `the module has no plugin ${name}`,
    `Name one with plugin: ${manifests.map((each) => each.name).join(", ")}`
  )
}

const usualSetup = (fixture: Fixture, loaded: LoadedModule, manifest: PluginManifest): Setup => {
  const isAlone = loaded.manifests.length === 1
  const found = fixture.content.cases.findIndex(
    ({ expect, plugin = fixture.content.plugin }) =>
      (plugin === manifest.name || (plugin === undefined && isAlone)) && expect?.error === undefined
  )
  const given = fixture.content.cases[found]
  const base = { fixture, manifest, bundle: loaded.bundle }
  if (given === undefined) {
    const config = sampleConfig(manifest)
    const made: FixtureCase = {
      name: "made up",
      plugin: manifest.name,
      ...(config === undefined ? {} : { config })
    }
    return { name: undefined, skip: {}, from: "manifest", ready: readied({ ...base, path: [], case: made }) }
  }
  const { cuts: _, expect: __, positions: ___, token: ____, ...whole } = withDefaults(given, fixture.content)
  return {
    name: given.name,
    skip: {},
    from: "case",
    ready: readied({ ...base, path: ["cases", found], case: whole })
  }
}

/** With records, and with the schema that they are of. */
const readied = (ready: ReadyCase): ReadyCase => {
  if (ready.manifest.inputs.length === 0) return ready
  const filled = { ...ready, case: withRecords(ready) ?? ready.case }
  return { ...filled, case: withSchemas(filled) }
}
