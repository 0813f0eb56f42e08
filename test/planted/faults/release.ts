import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Settings of `build.ts` that a release has otherwise than the one before, by package; fields of `filled` by their names. */
export interface BuildChange {
  readonly package: PackageName
  readonly setting: string
  readonly value: number
}

export const packageNames = ["scanning", "rounds", "tariffs"] as const
export type PackageName = (typeof packageNames)[number]

const sources = join(import.meta.dirname, "../plugins")

/** Writes all own packages as a release of this version into a folder, and answers their folders. */
export const writeRelease = (
  folder: string,
  version: string,
  changes: readonly BuildChange[] = []
): readonly string[] =>
  packageNames.map((name) => {
    const place = join(folder, version, name)
    cpSync(join(sources, name), place, { recursive: true })
    edit(join(place, "package.json"), /"version": "1\.0\.0"/, `"version": "${version}"`)
    const build = join(place, "src/build.ts")
    edit(build, /version: "1\.0\.0"/, `version: "${version}"`)
    for (const { setting, value } of changes.filter((change) => change.package === name))
      edit(build, new RegExp(`\\b${setting}: [\\d_]+`), `${setting}: ${value}`)
    return place
  })

/** A change that finds nothing to change would make a sound release of a faulty one. */
const edit = (file: string, from: RegExp, to: string): void => {
  const before = readFileSync(file, "utf8")
  if (before.search(from) < 0) throw new Error(`${file}: no ${from.source} in it to make ${to} of`)
  writeFileSync(file, before.replace(from, to))
}
