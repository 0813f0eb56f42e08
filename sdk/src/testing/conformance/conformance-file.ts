import { basename, dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { stringify } from "yaml"
import type { PluginManifest } from "../../manifest/manifest.ts"
import { moduleOf } from "../fixture/find-module.ts"
import type { ConformanceCase } from "../fixture/fixture-file.ts"
import { FixtureFault, fixtureError } from "../fixture/fixture-problem.ts"
import { type FixtureOptions, reading } from "../fixture/fixture-runner.ts"
import { type Fixture, parseFixture, readFixture } from "../fixture/read-fixture.ts"
import type { LoadedModule } from "../fixture/fixture-runner.ts"
import { TestError } from "../test-error.ts"
import { type Setup, setupsOf } from "./setups.ts"

/** What a fixture file's plugins are tried in; also those of its module that it does not speak of. */
export const fixtureSetups = Effect.fnUntraced(function* (file: string, load: FixtureOptions["load"]) {
  const fixture = yield* reading(() => readFixture(file))
  const module = yield* moduleOf(fixture)
  return { module, setups: yield* setupsIn(fixture, yield* load(module)) }
})

/** What a module's plugins are tried in where nobody says it. */
export const moduleSetups = Effect.fnUntraced(function* (module: string, load: FixtureOptions["load"]) {
  return { module, setups: yield* setupsIn(fixtureOf(module, []), yield* load(module)) }
})

/** What one plugin is tried in, from a test's code. Paths are from the module's folder. */
export const codeSetup = Effect.fnUntraced(function* (
  module: string,
  entry: ConformanceCase,
  kind: (manifest: PluginManifest) => boolean,
  load: FixtureOptions["load"]
) {
  const loaded = yield* load(module)
  const fitting = loaded.manifests.filter(kind)
  const setups = yield* setupsIn(fixtureOf(module, [entry]), { ...loaded, manifests: fitting })
  return setups[0]
})

/** A fixture as if it stood beside the module. */
const fixtureOf = (module: string, conformance: readonly ConformanceCase[]): Fixture => {
  const file = join(dirname(module), basename(module))
  const content = conformance.length === 0 ? { cases: [] } : { conformance }
  return parseFixture(file, stringify(content), file)
}

const setupsIn = (fixture: Fixture, loaded: LoadedModule) =>
  Effect.suspend(() => {
    try {
      return Effect.succeed<readonly Setup[]>(setupsOf(fixture, loaded))
    } catch (error) {
      if (error instanceof FixtureFault)
        return Effect.fail(fixtureError([fixture.problem(error.path, error.message, error.remedy)]))
      if (error instanceof TestError)
        return Effect.fail(fixtureError([fixture.problem([], error.message, "Correct it")]))
      return Effect.die(error)
    }
  })
