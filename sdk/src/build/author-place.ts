import { SourceMap } from "node:module"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** A place in a text; both count from 1. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

/** A place in one of the author's files. */
export interface AuthorPlace extends TextPlace {
  /** As the source map names it: relative to the entry's folder. */
  readonly file: string
}

const MapText = Schema.fromJsonString(
  Schema.Struct({
    version: Schema.Literal(3),
    sources: Schema.Array(Schema.String),
    sourcesContent: Schema.Array(Schema.NullOr(Schema.String)),
    mappings: Schema.String,
    names: Schema.Array(Schema.String)
  })
)

/** The innermost of a bundle's places that is in a file of the author's, which the map holds the text of; undefined: none is. */
export const authorPlace = (sourceMap: string, places: readonly TextPlace[]): AuthorPlace | undefined => {
  const decoded = Option.getOrUndefined(Schema.decodeOption(MapText)(sourceMap))
  if (decoded === undefined || places.length === 0) return undefined
  const { mappings, names, sources, sourcesContent, version } = decoded
  const own = new Set(sources.filter((_, index) => typeof sourcesContent[index] === "string"))
  const map = new SourceMap({
    file: "bundle.js",
    version,
    sources: [...sources],
    names: [...names],
    mappings,
    sourcesContent: [],
    sourceRoot: ""
  })
  for (const { line, column } of places) {
    const entry = map.findEntry(line - 1, column - 1)
    if (!("originalSource" in entry) || !own.has(entry.originalSource)) continue
    return { file: entry.originalSource, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
  }
  return undefined
}
