import { createHash } from "node:crypto"
import {
  addressText,
  claimLog,
  joinLeadership,
  type Leadership,
  openPostgres,
  type PostgresAddress,
  type Standing
} from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import packageJson from "../../../package.json" with { type: "json" }
import { whenFree } from "../../transport/embedded/index.ts"
import { listen, ownNames } from "../http/listen.ts"
import { seedKey } from "../registry/installation-key.ts"
import { startFailed } from "../start-failure.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { say } from "../terminal/print.ts"
import { markRegistryPlace } from "./registry-place.ts"
import { makeStandbyApp } from "./standby-app.ts"

/** What a platform that shares a database is started with. */
export interface LeadOptions {
  readonly folder: string
  readonly host: string
  readonly port: number
  readonly names?: readonly string[]
  readonly database: PostgresAddress
  /** What only the platform has that leads. */
  readonly logFolder: string
  readonly seedFile?: string | undefined
}

/** A platform's lead over those that share its database. */
export interface Lead {
  readonly leadership: Leadership
  /** Fails when another platform leads: this one must end. */
  readonly lost: Effect.Effect<never, CommandError>
}

/** Answers once what a platform is among the others is as told. */
const untilIs = ({ changes }: Leadership, is: Standing["is"]): Effect.Effect<void> =>
  Stream.runDrain(Stream.takeUntil(changes, (standing) => standing.is === is))

/** Serves what a platform that stands by can, until it leads. */
const standBy = Effect.fnUntraced(function* (
  leadership: Leadership,
  { folder, host, names = [], port }: LeadOptions
) {
  const path = yield* Path.Path
  const hosts = [...ownNames(host), ...names]
  const api = yield* makeStandbyApp({
    leadership,
    folder: path.join(folder, "registry"),
    version: packageJson.version,
    hosts
  })
  const url = yield* listen(api.app, { host, port })
  yield* say(`millrace stands by on ${url}: another platform leads`)
  yield* untilIs(leadership, "leading")
  yield* say("millrace takes over")
}, Effect.scoped)

/**
 * Opens the registry's database, and answers once this platform leads and its data folder is free: until then it stands by. Fails with a
 * `CommandError` where the database cannot be used, or goes with the log of another data folder.
 */
export const leadOver = Effect.fn("leadOver")(function* (options: LeadOptions) {
  const { database } = options
  const place = { ...options, folder: addressText(database) }
  const store = yield* Effect.mapError(openPostgres(database), startFailed(place))
  const leadership = yield* Effect.mapError(joinLeadership(store), startFailed(place))
  if ((yield* leadership.standing).is !== "leading")
    yield* Effect.mapError(standBy(leadership, options), startFailed(place))
  const lost = Effect.andThen(untilIs(leadership, "deposed"), leadershipLost(database))
  yield* Effect.raceFirst(takeFolder(options, leadership), lost)
  return { leadership, lost } satisfies Lead
})

/** The folder's lock is given up last by a platform that ends, and at once by one that is killed. */
const takeFolder = Effect.fnUntraced(function* (
  { database, folder, logFolder, seedFile, ...place }: LeadOptions,
  { database: store }: Leadership
) {
  const failed = startFailed({ ...place, folder })
  const waiting = yield* Effect.cached(
    say("millrace waits for its data folder, which another platform still has")
  )
  yield* whenFree(logFolder).pipe(
    Effect.tapError(({ reason }) => (reason === "locked" ? waiting : Effect.void)),
    Effect.retry({ while: ({ reason }) => reason === "locked", schedule: Schedule.spaced("250 millis") }),
    Effect.mapError(failed)
  )
  yield* Effect.mapError(markRegistryPlace(folder, database), failed)
  const seed = yield* Effect.mapError(seedKey({ folder, seedFile }), failed)
  const isOurs = yield* Effect.mapError(claimLog(store, logName(seed)), failed)
  if (!isOurs) return yield* logElsewhere(folder, database)
})

/** The seed is of one log, and goes into its backups: so a restored folder has the same name. */
const logName = (seed: Uint8Array): string =>
  createHash("sha256").update("millrace log").update(seed).digest("hex").slice(0, 32)

const leadershipLost = (database: PostgresAddress) =>
  new CommandError({
    code: "LEADERSHIP_LOST",
    message: "another platform of this database leads now, and this one ends",
    where: addressText(database),
    remedy:
      "start it again: it stands by then. It was stopped, or had no answer of the database, for too long",
    exit: exitCode.unavailable
  })

const logElsewhere = (folder: string, database: PostgresAddress) =>
  new CommandError({
    code: "LOG_ELSEWHERE",
    message: `the pipelines of ${addressText(database)} go on in the log of another data folder`,
    where: folder,
    remedy:
      "name that folder with --data, or a copy that was restored from its backup; on Kafka, give all platforms one seed (seedFile). To begin anew with an empty log: DELETE FROM millrace.log_home",
    exit: exitCode.badInput
  })
