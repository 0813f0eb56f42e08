import { isAbsolute, relative, resolve } from "node:path"
import type { BundlePlace } from "@millrace/sandbox"
import { authorMap, type AuthorPlace } from "@millrace/sdk/build"

/** A place in one of the author's files, by its absolute path; line and column count from 1. */
export type SourcePlace = AuthorPlace

/** Leads from places in a bundle to the author's lines. */
export interface SourcePlaces {
  /** The innermost of the places that is in a file of the author's; undefined when none is. */
  readonly find: (places: readonly BundlePlace[]) => SourcePlace | undefined
}

/** `folder`: what the map's sources are relative to. */
export const sourcePlaces = (sourceMap: string, folder: string): SourcePlaces => {
  const map = authorMap(sourceMap)
  return {
    find: (places) => {
      const found = map.find(places)
      return found === undefined ? undefined : { ...found, file: resolve(folder, found.file) }
    }
  }
}

/** A file as a person at `cwd` would type it. */
export const shownPath = (file: string, cwd: string): string => {
  const short = relative(cwd, file)
  return short === "" || short.startsWith("..") || isAbsolute(short) ? file : short
}
