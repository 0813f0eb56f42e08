import { readFileSync } from "node:fs"
import { join, relative, sep } from "node:path"
import type { PartialMessage, Plugin } from "esbuild"
import { packageOfFile, projectFolder } from "../package-scope.ts"
import { noted } from "./raw-offence.ts"
import { placeIn } from "./source-place.ts"
import { sourceOffences } from "./source-offences.ts"

/** Where this SDK's own modules are: no author's, though they may be bundled from source. */
const sdk = join(import.meta.dirname, "../..")

/**
 * Finds in the author's own sources the globals that no sandbox has. They are told when the build has ended: an error at the
 * loading of a module would hide what it imports.
 */
export const ownSourceCheck: Plugin = {
  name: "millrace-own-sources",
  setup: (build) => {
    const folder = build.initialOptions.absWorkingDir ?? ""
    const project = projectFolder(folder) + sep
    const isOwn = (path: string) =>
      path.startsWith(project) && packageOfFile(path) === undefined && !path.startsWith(sdk)
    const found = new Map<string, readonly PartialMessage[]>()
    build.onStart(() => found.clear())
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: "file" }, ({ path }) => {
      if (isOwn(path)) found.set(path, messagesOf(path, folder))
      return undefined
    })
    build.onEnd(() => ({ errors: [...found.values()].flat() }))
  }
}

const messagesOf = (path: string, folder: string): readonly PartialMessage[] => {
  const source = readFileSync(path, "utf8")
  return sourceOffences(source).map(({ code, at, length, message, remedy }) => {
    const { line, column } = placeIn(source, at)
    const location = { file: relative(folder, path), line, column: column - 1, length }
    return noted(message, location, { millrace: true, code, remedy })
  })
}
