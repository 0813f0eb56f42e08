import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs"
import { copyFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { backup, DatabaseSync } from "node:sqlite"
import { type ApiError, apiError, type BackupProgress, type BackupRequest } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { RunningPipelines } from "../../controller/running-pipelines.ts"
import { logFailed } from "../../controller/topics.ts"
import { logBytes } from "../../transport/embedded/index.ts"
import { Transport } from "../../transport/transport.ts"
import { BackupFault, faultText } from "./backup-fault.ts"
import { dataFiles } from "./data-files.ts"

/** A file of a backup to be, and where its bytes are now. */
export interface Source {
  readonly path: string
  readonly from: string
}

/** What a data folder holds at one moment. */
export interface Moment {
  readonly takenAt: number
  readonly pipelines: readonly { readonly pipeline: string; readonly revision: number }[]
  readonly sources: readonly Source[]
}

export interface CopyOptions {
  readonly request: BackupRequest
  /** The data folder. */
  readonly folder: string
  readonly staging: string
  readonly tell: (progress: BackupProgress) => Effect.Effect<void>
}

/** What is never changed once it is there is read where it stands. */
const lasting = /^(?:registry\/bundles|savepoints)\//
/** SQLite's most: a database has no more. */
const allPages = 2_147_483_647
const secretsKey = "registry/secrets.key"

/**
 * Copies what changes into the staging folder, while nothing is applied: the log first, then the registry, so that no pipeline's
 * places are of a revision that the registry does not know; then what the registry names by digest, which was there before it was named.
 */
export const copyMoving = Effect.fn("copyMoving")(function* ({
  folder,
  request,
  staging,
  tell
}: CopyOptions) {
  const transport = yield* Transport
  const running = yield* RunningPipelines
  const attempt = <A>(work: () => Promise<A>) => attemptBackup(request.path, work)
  const staged = (path: string): Source => ({ path, from: join(staging, path) })
  const takenAt = yield* Clock.currentTimeMillis
  const key = keyOf(folder)
  mkdirSync(join(staging, "log"), { recursive: true, mode: 0o700 })
  yield* transport
    .snapshot(join(staging, "log"))
    .pipe(
      Effect.mapError(logFailed),
      Effect.raceFirst(Effect.andThen(tellLog(folder, staging, tell), Effect.never))
    )
  const databases = dataFiles(folder, request.keys).filter(({ how }) => how === "database")
  for (const { path } of databases) {
    yield* tell({ phase: "registry", bytes: 0, total: statSync(join(folder, path)).size })
    yield* attempt(() => copyDatabase(join(folder, path), staged(path).from))
  }
  const rest = dataFiles(folder, request.keys).filter(({ how }) => how === "as it is")
  const moving = rest.filter(({ path }) => !lasting.test(path))
  for (const { path } of moving) yield* attempt(() => copied(join(folder, path), staged(path).from))
  if (request.keys && keyOf(folder) !== key)
    return yield* attempt(() =>
      Promise.reject(new BackupFault("the key of the secrets was changed meanwhile", secretsKey))
    )
  const runs = yield* running.all
  return {
    takenAt,
    pipelines: runs.map(({ stored: { pipeline, revision } }) => ({ pipeline, revision })),
    sources: [
      ...readdirSync(join(staging, "log"))
        .toSorted()
        .map((name) => staged(`log/${name}`)),
      ...[...databases, ...moving].map(({ path }) => staged(path)),
      ...rest.filter(({ path }) => lasting.test(path)).map(({ path }) => ({ path, from: join(folder, path) }))
    ]
  } satisfies Moment
})

/** Runs a step of a backup; what it rejects with is told as its failure. */
export const attemptBackup = <A>(path: string, work: () => Promise<A>): Effect.Effect<A, ApiError> =>
  Effect.tryPromise({
    try: work,
    catch: (cause) => apiError("BACKUP_FAILED", { path, reason: faultText(cause) })
  })

/** The copy tells nothing by itself: its file grows. */
const tellLog = (folder: string, staging: string, tell: CopyOptions["tell"]) => {
  const size = (place: string): number => logBytes(join(place, "log")) ?? 0
  return Effect.suspend(() => tell({ phase: "log", bytes: size(staging), total: size(folder) })).pipe(
    Effect.repeat(Schedule.spaced("250 millis"))
  )
}

/** One transaction's view of a database that others write. */
const copyDatabase = async (from: string, to: string): Promise<void> => {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(from, { readOnly: true })
  try {
    // All pages in one step: what is written meanwhile would make it begin anew.
    await backup(database, to, { rate: allPages })
  } finally {
    database.close()
  }
}

const copied = async (from: string, to: string): Promise<void> => {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  await copyFile(from, to)
}

const keyOf = (folder: string): string | undefined => {
  const file = join(folder, secretsKey)
  return existsSync(file) ? readFileSync(file, "latin1") : undefined
}
