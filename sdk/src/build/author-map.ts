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
  /** The file's text as it was bundled. */
  readonly text: string
}

/** Leads from places in a bundle to the author's lines. */
export interface AuthorMap {
  /** The innermost of the places that is in a file of the author's, which the map holds the text of; undefined: none is. */
  readonly find: (places: readonly TextPlace[]) => AuthorPlace | undefined
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

/** A text that is no source map of a bundle leads nowhere. It is read when it is first asked. */
export const authorMap = (sourceMap: string): AuthorMap => {
  let opened: ReturnType<typeof openMap>
  return {
    find: (places) => {
      if (places.length === 0) return undefined
      opened ??= openMap(sourceMap)
      for (const { column, line } of places) {
        const entry = opened?.map.findEntry(line - 1, column - 1)
        if (entry === undefined || !("originalSource" in entry)) continue
        const text = opened?.texts.get(entry.originalSource)
        if (text === undefined) continue
        const { originalColumn, originalLine, originalSource: file } = entry
        return { file, line: originalLine + 1, column: originalColumn + 1, text }
      }
      return undefined
    }
  }
}

const openMap = (sourceMap: string) => {
  const decoded = Option.getOrUndefined(Schema.decodeOption(MapText)(sourceMap))
  if (decoded === undefined) return undefined
  const { mappings, names, sources, sourcesContent, version } = decoded
  const texts = sources.flatMap((source, index) => {
    const text = sourcesContent[index]
    return typeof text === "string" ? [[source, text] as const] : []
  })
  const payload = {
    file: "bundle.js",
    version,
    sources: [...sources],
    names: [...names],
    mappings,
    sourcesContent: [],
    sourceRoot: ""
  }
  return { map: new SourceMap(payload), texts: new Map(texts) }
}
