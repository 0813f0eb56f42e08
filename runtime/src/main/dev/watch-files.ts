import { existsSync } from "node:fs"
import { basename, dirname, extname, sep } from "node:path"
import { watch } from "chokidar"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"

/** The folder, or the nearest above that is there. */
const standing = (folder: string): string => {
  const parent = dirname(folder)
  return existsSync(folder) || parent === folder ? folder : standing(parent)
}

const ignoredNames = new Set(["node_modules", ".git", ".millrace"])

/** Below a folder that is watched. One that is watched may itself stand below such a name: it was asked for. */
const isIgnored = (path: string, folders: ReadonlySet<string>): boolean =>
  !folders.has(path) && ignoredNames.has(basename(path))

/** A change of watched files, with when it was seen (ms since 1970). */
export interface FileChange {
  readonly at: number
  readonly files: readonly string[]
  /** One of them was named; else they only lie in the same folder. */
  readonly isNamed: boolean
}

export interface FileWatch {
  /** Watches the folders of these files too. */
  readonly include: (files: readonly string[]) => void
  /** The next change; what comes within a moment of it is of it. */
  readonly next: Effect.Effect<FileChange>
}

/** An editor writes in steps: truncates, writes, renames. A step that comes later is another change, and is loaded as one. */
const settleMs = 5
const sources = new Set([".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ".json", ".txt"])

/**
 * Watches the folders of some files, not what is below: a file that is not there yet is seen when it comes, and a large folder
 * costs nothing. Other files than sources count only where they were named, or are `wanted`.
 */
export const watchFiles = Effect.fn("watchFiles")(function* (
  first: readonly string[],
  wanted: (file: string) => boolean = () => false
) {
  const changes = yield* Queue.sliding<{ readonly at: number; readonly file: string }>(100)
  const clock = yield* Clock.Clock
  const named = new Set<string>()
  const folders = new Set<string>()
  const watcher = yield* Effect.acquireRelease(
    Effect.sync(() =>
      watch([], {
        depth: 0,
        ignoreInitial: true,
        ignored: (path) => isIgnored(path, folders)
      })
    ),
    (open) => Effect.promise(() => open.close())
  )
  watcher.on("all", (event, file) => {
    if (event === "unlinkDir") return
    if (event === "addDir") {
      const come = [...named].filter(
        (each) => each.startsWith(`${file}${sep}`) && !folders.has(dirname(each))
      )
      if (come.length > 0) Queue.offerUnsafe(changes, { at: clock.currentTimeMillisUnsafe(), file })
      return include(come)
    }
    const isSource = sources.has(extname(file)) && !basename(file).startsWith(".")
    if (!isSource && !named.has(file) && !wanted(file)) return
    Queue.offerUnsafe(changes, { at: clock.currentTimeMillisUnsafe(), file })
  })
  const include = (files: readonly string[]): void => {
    for (const file of files) {
      named.add(file)
      const folder = standing(dirname(file))
      if (folders.has(folder) || folder.split(sep).includes("node_modules")) continue
      folders.add(folder)
      watcher.add(folder)
    }
  }
  const ready = Effect.callback<void>((resume) => {
    watcher.once("ready", () => resume(Effect.void))
  })
  include(first)
  yield* ready
  const watching: FileWatch = {
    include,
    next: Effect.gen(function* () {
      const { at, file } = yield* Queue.take(changes)
      yield* Effect.sleep(settleMs)
      const more = yield* Queue.clear(changes)
      const files = [...new Set([file, ...more.map((each) => each.file)])]
      return { at, files, isNamed: files.some((each) => named.has(each)) }
    })
  }
  return watching
})
