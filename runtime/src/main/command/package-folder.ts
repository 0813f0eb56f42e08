import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { buildPackage, readProject } from "@millrace/sdk/build"
import { SandboxPool } from "@millrace/sandbox"
import { buildFailed } from "./build-failure.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

/** The packages at a path: the folder itself when it holds a package.json, else every folder in it that does. */
export const packageFolders = Effect.fn("packageFolders")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const isPackage = (each: string) =>
    Effect.orElseSucceed(fs.exists(path.join(each, "package.json")), () => false)
  const absolute = path.resolve(folder)
  if (yield* isPackage(absolute)) return [absolute]
  const names = yield* Effect.orElseSucceed(fs.readDirectory(absolute), () => [])
  const found = yield* Effect.filter(
    [...names].sort((left, right) => (left < right ? -1 : 1)).map((name) => path.join(absolute, name)),
    isPackage
  )
  if (found.length > 0) return found
  return yield* new CommandError({
    code: "NO_PACKAGE",
    message: "there is no package here",
    where: absolute,
    remedy: "name a folder with a package.json, or a folder of such folders",
    exit: exitCode.badInput
  })
})

/** Builds the package of a folder; its manifest is read in the sandbox. */
export const buildFolder = Effect.fn("buildFolder")(function* (folder: string) {
  const pool = yield* SandboxPool
  const project = yield* readProject(folder).pipe(Effect.mapError(buildFailed(folder)))
  return yield* buildPackage({ ...project, readManifest: pool.manifest }).pipe(
    Effect.mapError(buildFailed(folder))
  )
})
