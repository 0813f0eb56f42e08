import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { readProject } from "@millrace/sdk/build"
import { buildFailed } from "../command/build-failure.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

/** The module that is worked on. */
export interface Entry {
  readonly module: string
  /** A project's folder; a single file's own. */
  readonly folder: string
  readonly isProject: boolean
}

/** What an argument of `millrace dev` leads to: a project's folder, or one TypeScript file without a project. */
export const findEntry = Effect.fn("findEntry")(function* (argument: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const absolute = path.resolve(argument)
  const info = yield* Effect.option(fs.stat(absolute))
  if (info._tag === "None") return yield* nothingThere(absolute)
  if (info.value.type !== "Directory")
    return { module: absolute, folder: path.dirname(absolute), isProject: false } satisfies Entry
  const project = yield* readProject(absolute).pipe(Effect.mapError(buildFailed(absolute)))
  return { module: project.entry, folder: absolute, isProject: true } satisfies Entry
})

const nothingThere = (where: string) =>
  new CommandError({
    code: "ENTRY_MISSING",
    message: "there is no such file or folder",
    where,
    remedy:
      "name a TypeScript file that exports a plugin, or a project's folder (`npm create processor` makes one)",
    exit: exitCode.badInput
  })
