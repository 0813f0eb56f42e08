import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { CommandError } from "./terminal/command-error.ts"
import { exitCode } from "./terminal/exit-code.ts"

/**
 * The folder that holds all that one platform keeps: `log/` (embedded log and state), `registry/` (packages, schemas,
 * pipelines, grants, audit), `token` (the local operator's, readable by its owner alone) and `server.json` (where a
 * running platform listens). `.millrace` in the current folder unless told otherwise.
 */
export const defaultDataFolder = ".millrace"

const ServerFile = Schema.Struct({ url: Schema.String, pid: Schema.Int, version: Schema.String })
export type ServerFile = typeof ServerFile.Type

const ServerFileJson = Schema.fromJsonString(ServerFile)

export interface Server {
  readonly url: string
  readonly token: string | undefined
  readonly pid: number | undefined
}

/** Writes where this platform listens, for the command line beside it. Removed when the scope closes. */
export const announceServer = Effect.fn("announceServer")(function* (folder: string, server: ServerFile) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(folder, "server.json")
  const write = Effect.gen(function* () {
    const text = yield* Schema.encodeEffect(ServerFileJson)(server)
    yield* fs.writeFileString(`${file}.new`, text, { mode: 0o600 })
    yield* fs.rename(`${file}.new`, file)
  })
  yield* Effect.acquireRelease(Effect.orDie(write), () => Effect.ignore(fs.remove(file)))
})

/** The folder that a platform of this place keeps its data in: the one named, else `.millrace` here. */
export const findOwnDataFolder = Effect.fn("findOwnDataFolder")(function* (
  named: Option.Option<string>,
  cwd: string
) {
  const path = yield* Path.Path
  return path.resolve(
    cwd,
    Option.getOrElse(named, () => defaultDataFolder)
  )
})

/** The nearest data folder: the one named, else `.millrace` here or in a folder above. */
export const findDataFolder = Effect.fn("findDataFolder")(function* (
  named: Option.Option<string>,
  cwd: string
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  if (Option.isSome(named)) return path.resolve(cwd, named.value)
  let folder = cwd
  for (;;) {
    const candidate = path.join(folder, defaultDataFolder)
    if (yield* Effect.orElseSucceed(fs.exists(path.join(candidate, "server.json")), () => false))
      return candidate
    const parent = path.dirname(folder)
    if (parent === folder) return path.join(cwd, defaultDataFolder)
    folder = parent
  }
})

/** False when no process has this id; true also for one that is not ours to signal. */
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/**
 * Where the platform of a data folder listens, and the local token; fails when none is up. A platform that was killed
 * leaves its `server.json` behind, whose process is gone.
 */
export const findServer = Effect.fn("findServer")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const text = yield* Effect.option(fs.readFileString(path.join(folder, "server.json")))
  const server = Option.isSome(text)
    ? yield* Effect.option(Schema.decodeUnknownEffect(ServerFileJson)(text.value))
    : Option.none()
  if (Option.isNone(server) || !isAlive(server.value.pid)) return yield* notUp(folder)
  const token = yield* Effect.option(fs.readFileString(path.join(folder, "token")))
  return {
    url: server.value.url,
    pid: server.value.pid,
    token: Option.isSome(token) ? token.value.trim() : undefined
  } satisfies Server
})

const notUp = (folder: string) =>
  new CommandError({
    code: "SERVER_NOT_UP",
    message: "no Millrace is up here",
    where: folder,
    remedy: "start one with `millrace up`, or name another with --data FOLDER or --url URL",
    exit: exitCode.unavailable
  })
