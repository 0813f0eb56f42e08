import { existsSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { readProject } from "@millrace/sdk/build"
import {
  fixtureSetups,
  type LoadedModule,
  moduleLoader,
  moduleSetups,
  type Setup
} from "@millrace/sdk/testing"
import * as Effect from "effect/Effect"
import type { CommandError } from "../terminal/command-error.ts"
import { findFixtures, isFixture } from "./find-fixtures.ts"
import { fileErrors } from "./run-files.ts"

/** What is to be tried, and what could not be read. */
export interface Found {
  readonly setups: readonly Setup[]
  readonly errors: readonly CommandError[]
}

/**
 * The plugins at these paths, each in its surroundings: those of the fixtures there, of a module, and of a project's entry. What is
 * said for this goes before a fixture's case, and that before what can be made up.
 */
export const findSetups = Effect.fn("findSetups")(function* (paths: readonly string[]) {
  const load = moduleLoader()
  const fixtures = yield* findFixtures(paths)
  const modules = (yield* Effect.forEach(paths, moduleAt)).flat()
  const errors: CommandError[] = []
  const all: { readonly module: string; readonly setup: Setup }[] = []
  const take = (file: string, setups: ReturnType<typeof fixtureSetups>) =>
    setups.pipe(
      Effect.map((found) => {
        for (const setup of found.setups) all.push({ module: found.module, setup })
      }),
      Effect.catch((error) => {
        errors.push(...fileErrors(error, file))
        return Effect.void
      })
    )
  for (const file of fixtures) yield* take(file, fixtureSetups(file, load))
  for (const module of modules) yield* take(module, moduleSetups(module, load))
  return { setups: chosen(all), errors } satisfies Found
})

export type { LoadedModule }

/** A module itself, or the entry of a folder's project. */
const moduleAt = Effect.fnUntraced(function* (path: string) {
  const at = resolve(path)
  const stat = statSync(at, { throwIfNoEntry: false })
  if (stat === undefined || isFixture(at)) return []
  if (!stat.isDirectory()) return [at]
  if (!existsSync(join(at, "package.json"))) return []
  const project = yield* Effect.option(readProject(at))
  return project._tag === "Some" ? [project.value.entry] : []
})

const order: readonly Setup["from"][] = ["conformance", "case", "manifest"]

/** Of each plugin of a package the best that there is: all that was said for this, or one of the others. */
const chosen = (all: readonly { readonly module: string; readonly setup: Setup }[]): readonly Setup[] => {
  const plugins = Map.groupBy(all, ({ module, setup }) => `${packageOf(module)} ${setup.ready.manifest.name}`)
  return [...plugins.values()].flatMap((group) => {
    const setups = group.map(({ setup }) => setup)
    const best = order.find((from) => setups.some((setup) => setup.from === from))
    const found = setups.filter(({ from }) => from === best)
    return best === "conformance" ? found : found.slice(0, 1)
  })
}

const packageOf = (path: string): string => {
  const folder = dirname(path)
  return folder === path || existsSync(join(folder, "package.json")) ? folder : packageOf(folder)
}
