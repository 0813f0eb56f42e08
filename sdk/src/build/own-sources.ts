import { readFileSync } from "node:fs"
import { resolve } from "node:path"
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
  const sourcesContent = map.sources.map((source) =>
    source.includes("node_modules/") ? null : textOf(resolve(folder, source))
  )
  return JSON.stringify({ ...map, sourcesContent })
}

/** Null for what is no file: the bundle's entry is made up. */
const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return null
  }
}
