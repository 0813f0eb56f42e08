import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs"
import { dirname, isAbsolute, join } from "node:path"
import type { BackupProgress, BackupRequest, BackupSummary } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { Controller } from "../../controller/controller.ts"
import type { RunningPipelines } from "../../controller/running-pipelines.ts"
import type { Transport } from "../../transport/transport.ts"
import { BackupFault } from "./backup-fault.ts"
import { attemptBackup, copyMoving } from "./copy-moving.ts"
import { keysLeftOut } from "./data-files.ts"
import { manifestText } from "./manifest.ts"
import { syncPath } from "../../transport/embedded/sync-path.ts"
import { measured, writeArchive, writeFolder } from "./write-backup.ts"

/** What is backed up, and who is told how far it is. */
export interface BackupOf {
  readonly folder: string
  readonly version: string
  readonly tell: (progress: BackupProgress) => Effect.Effect<void>
}

const archiveEnding = ".tar.zst"
/** Beside the place, on its disk, so that the whole backup appears by a rename. */
const stagingEnding = ".millrace-part"

/**
 * Copies a data folder as it is at one moment, while its platform runs; applies wait for as long as the log and the registry are
 * copied. The backup appears whole, by a rename, readable by its owner alone; one that fails leaves nothing.
 */
export const takeBackup = Effect.fn("takeBackup")(function* (
  request: BackupRequest,
  { folder, tell, version }: BackupOf
) {
  const { path } = request
  const staging = `${path}${stagingEnding}`
  const work = Effect.gen(function* () {
    const services = yield* Effect.context<RunningPipelines | Transport>()
    const copying = copyMoving({ request, folder, staging: join(staging, "copy"), tell })
    const moment = yield* Controller.use((controller) =>
      controller.undisturbed(Effect.provideContext(copying, services))
    )
    const { pipelines, sources, takenAt } = moment
    const files = yield* Effect.forEach(sources, (source) => attemptBackup(path, () => measured(source)))
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
    const leftOut = keysLeftOut(folder, request.keys)
    const named = files.map(({ bytes, path: name, sha256 }) => ({ path: name, bytes, sha256 }))
    const manifest = manifestText({ millrace: version, takenAt, pipelines, leftOut, files: named })
    const made = join(staging, "made")
    let written = 0
    const content = { manifest, files, tell: (bytes: number) => void (written += bytes) }
    const telling = Effect.suspend(() => tell({ phase: "archive", bytes: written, total })).pipe(
      Effect.repeat(Schedule.spaced("250 millis"))
    )
    yield* attemptBackup(path, () =>
      path.endsWith(archiveEnding) ? writeArchive(made, content) : writeFolder(made, content)
    ).pipe(Effect.raceFirst(Effect.andThen(telling, Effect.never)))
    yield* attemptBackup(path, async () => putInPlace(made, path))
    const done: BackupSummary = { path, files: files.length, bytes: total, takenAt, pipelines, leftOut }
    return done
  })
  yield* attemptBackup(path, async () => prepare(path, staging))
  return yield* Effect.ensuring(
    work,
    Effect.sync(() => rmSync(staging, { recursive: true, force: true }))
  )
})

const prepare = (path: string, staging: string): void => {
  if (!isAbsolute(path)) throw new BackupFault("the place is not named from the root of the file system")
  if (existsSync(path)) throw new BackupFault("there is something already")
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
    throw new BackupFault("the folder that it is to be in is not there")
  // What an earlier one left that was killed; made by nobody else under this name.
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(staging, { mode: 0o700 })
}

const putInPlace = (made: string, path: string): void => {
  renameSync(made, path)
  syncPath(dirname(path))
}
