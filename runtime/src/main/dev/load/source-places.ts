import { SourceMap } from "node:module"
import { isAbsolute, relative, resolve } from "node:path"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { BundlePlace } from "@millrace/sandbox"

/** A place in one of the author's files; line and column count from 1. */
export interface SourcePlace {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The file's text as it was bundled. */
  readonly text: string
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

/** Leads from places in a bundle to the author's lines. */
export interface SourcePlaces {
  /** The innermost of the places that is in a file of the author's; undefined when none is. */
  readonly find: (places: readonly BundlePlace[]) => SourcePlace | undefined
}

/** `folder`: what the map's sources are relative to. The map is read when it is first asked for. */
export const sourcePlaces = (sourceMap: string, folder: string): SourcePlaces => {
  let known: { readonly map: SourceMap; readonly texts: ReadonlyMap<string, string> } | undefined
  const open = () => {
    const decoded = Option.getOrUndefined(Schema.decodeOption(MapText)(sourceMap))
    if (decoded === undefined) return undefined
    const texts = decoded.sources.flatMap((source, index) => {
      const text = decoded.sourcesContent[index]
      return text === null || text === undefined ? [] : [[source, text] as const]
    })
    const { mappings, names, sources, version } = decoded
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
  return {
    find: (places) => {
      known ??= open()
      for (const { column, line } of places) {
        const entry = known?.map.findEntry(line - 1, column - 1)
        if (entry === undefined || !("originalSource" in entry)) continue
        const text = known?.texts.get(entry.originalSource)
        if (text === undefined) continue
        return {
          file: resolve(folder, entry.originalSource),
          line: entry.originalLine + 1,
          column: entry.originalColumn + 1,
          text
        }
      }
      return undefined
    }
  }
}

/** A file as a person at `cwd` would type it. */
export const shownPath = (file: string, cwd: string): string => {
  const short = relative(cwd, file)
  return short === "" || short.startsWith("..") || isAbsolute(short) ? file : short
}
