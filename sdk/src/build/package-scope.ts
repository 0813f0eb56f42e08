import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** The nearest folder upwards that has a package.json; the folder itself where there is none. */
export const projectFolder = (folder: string): string => {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at
    if (dirname(at) === at) return folder
  }
}

/** The packages that the nearest package.json lists; undefined where there is none. */
export const listedPackages = (folder: string): ReadonlySet<string> | undefined => {
  let at = folder
  for (;;) {
    const listed = readListed(join(at, "package.json"))
    if (listed !== undefined) return listed
    const parent = dirname(at)
    if (parent === at) return undefined
    at = parent
  }
}

const readListed = (file: string): ReadonlySet<string> | undefined => {
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8"))
    return new Set(
      ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"].flatMap((key) =>
        Object.keys(Object(Reflect.get(Object(json), key)))
      )
    )
  } catch {
    return undefined
  }
}

/** `@scope/name` or `name` of an import of a package; undefined for a relative or absolute path. */
export const packageOf = (specifier: string): string | undefined =>
  /^(@[^/]+\/[^/]+|[^./@][^/]*)(?:\/|$)/.exec(specifier)?.[1]

/** The package that a file was installed with; undefined for the author's own. */
export const packageOfFile = (file: string): string | undefined => {
  const path = file.replaceAll("\\", "/")
  const at = path.lastIndexOf("/node_modules/")
  return at < 0 ? undefined : packageOf(path.slice(at + "/node_modules/".length))
}
