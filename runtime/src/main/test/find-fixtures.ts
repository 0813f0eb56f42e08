import { readdirSync, statSync } from "node:fs"
import { basename, dirname, extname, join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

export const isFixture = (file: string): boolean => /\.fixture\.(?:ya?ml|json)$/.test(file)

/**
 * The fixture files at these paths, each once, in order: a fixture itself, those beside a module that begin with its name, and
 * all below a folder. Folders of packages and of what was built are left out, and so are hidden ones.
 */
export const findFixtures = Effect.fn("findFixtures")(function* (paths: readonly string[]) {
  const found = new Set<string>()
  for (const path of paths) {
    const at = resolve(path)
    const stat = statSync(at, { throwIfNoEntry: false })
    if (stat === undefined)
      return yield* new CommandError({
        code: "FIXTURE_UNREADABLE",
        message: "there is no such file or folder",
        where: path,
        remedy: "name a fixture file, a module, or a folder",
        exit: exitCode.badInput
      })
    const files = stat.isDirectory() ? fixturesBelow(at) : isFixture(at) ? [at] : fixturesOf(at)
    for (const file of files) found.add(file)
  }
  return [...found]
})

const fixturesOf = (module: string): readonly string[] => {
  const stem = basename(module, extname(module))
  const folder = dirname(module)
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${stem}.`) && isFixture(name))
    .toSorted()
    .map((name) => join(folder, name))
}

const otherFolders = /^(?:node_modules|dist|\..*)$/

const fixturesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return otherFolders.test(entry.name) ? [] : fixturesBelow(path)
      return isFixture(entry.name) ? [path] : []
    })
