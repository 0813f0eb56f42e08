import { addressText, type PostgresAddress } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

/** Of a data folder whose registry is in a database: says in which, without the password. */
const markName = "database"

const placesOf = (folder: string) =>
  Effect.map(Path.Path, (path) => ({
    own: path.join(folder, "registry", "registry.db"),
    mark: path.join(folder, "registry", markName)
  }))

/**
 * Refuses a data folder whose registry is not where it is looked for: a log whose pipelines nobody knows would lie still, and
 * the pipelines be applied to it a second time as new ones.
 */
export const checkRegistryPlace = Effect.fnUntraced(function* (
  folder: string,
  database: PostgresAddress | undefined
) {
  const fs = yield* FileSystem.FileSystem
  const { mark, own } = yield* placesOf(folder)
  if (database !== undefined && (yield* Effect.orElseSucceed(fs.exists(own), () => false)))
    return yield* new CommandError({
      code: "REGISTRY_IN_FOLDER",
      message: "this data folder has a registry of its own, which a database does not know",
      where: own,
      remedy:
        "start it without --database, or name a new data folder with --data and publish and apply there what it is to have",
      exit: exitCode.badInput
    })
  if (database !== undefined) return
  const kept = yield* Effect.option(fs.readFileString(mark))
  if (kept._tag === "Some")
    return yield* new CommandError({
      code: "REGISTRY_IN_DATABASE",
      message: "the registry of this data folder is in PostgreSQL",
      where: kept.value.trim(),
      remedy: "start it with --database, or with MILLRACE_DATABASE in the environment",
      exit: exitCode.badInput
    })
})

/** Notes where the registry of a data folder is, before anything is kept there. */
export const markRegistryPlace = Effect.fnUntraced(function* (folder: string, database: PostgresAddress) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { mark } = yield* placesOf(folder)
  yield* fs.makeDirectory(path.dirname(mark), { recursive: true, mode: 0o700 })
  yield* fs.writeFileString(`${mark}.new`, `${addressText(database)}\n`, { mode: 0o600 })
  yield* fs.rename(`${mark}.new`, mark)
})
