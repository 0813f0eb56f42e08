import { readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import * as Schema from "effect/Schema"

const SourceMap = Schema.fromJsonString(
  Schema.Struct({
    version: Schema.Literal(3),
    sources: Schema.Array(Schema.String),
    mappings: Schema.String,
    names: Schema.Array(Schema.String)
  })
)

/**
 * Gives a bundle's source map the text of the author's own files. Libraries keep their names and places, without their text:
 * it made nine tenths of the map, which travels with every publish and plan. `sources` are relative to `folder`.
 */
export const withOwnSources = (sourceMap: string, folder: string): string => {
  const map = Schema.decodeSync(SourceMap)(sourceMap)
  const sources = map.sources.map((source) => placeOf(source, folder))
  const sourcesContent = sources.map((place) =>
    place.includes("node_modules/") ? null : textOf(resolve(folder, place))
  )
  return JSON.stringify({ ...map, sources, sourcesContent })
}

/** Where a project lies must not show in its bytes: a file of another package goes by that package's name. */
const placeOf = (source: string, folder: string): string => {
  if (!source.startsWith("../")) return source
  const file = resolve(folder, source)
  const inModules = file.lastIndexOf("/node_modules/")
  if (inModules >= 0) return file.slice(inModules + 1)
  for (let at = dirname(file); at !== dirname(at); at = dirname(at)) {
    const name = packageName(join(at, "package.json"))
    if (name === undefined) continue
    const isOwn = !relative(at, folder).startsWith("..")
    return isOwn ? source : `node_modules/${name}/${relative(at, file)}`
  }
  return source
}

const PackageJson = Schema.fromJsonString(Schema.Struct({ name: Schema.String }))

const packageName = (file: string): string | undefined => {
  const text = textOf(file)
  const read = text === null ? undefined : Schema.decodeUnknownOption(PackageJson)(text)
  return read?._tag === "Some" ? read.value.name : undefined
}

/** Null for what is no file: the bundle's entry is made up. */
const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return null
  }
}
