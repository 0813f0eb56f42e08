import { spawn } from "node:child_process"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { AuditLog } from "../audit/audit-log.ts"
import { Packages } from "../package/packages.ts"
import { Publisher } from "../package/publisher.ts"
import type { FailpointName } from "../store/failpoint.ts"
import { packageArchive } from "./archive-fixture.ts"
import { registryOver } from "./registry-over.ts"
import { sandboxManifestReader } from "./sandbox-manifest-reader.ts"

const program = join(import.meta.dirname, "publish-and-die.ts")

/** When a publish is killed: at a named moment, so many ms after its start, or never. */
export type KillAt = FailpointName | "never" | { readonly ms: number }

/** Runs the program; answers the signal that ended it, or its exit code. */
const publishAndDie = (folder: string, at: KillAt, database: string | undefined): Promise<string> =>
  new Promise((resolve, reject) => {
    const moment = typeof at === "string" ? at : "never"
    const child = spawn(
      process.execPath,
      [program, folder, moment, ...(database === undefined ? [] : [database])],
      {
        stdio: ["ignore", "ignore", "inherit"]
      }
    )
    const timer = typeof at === "string" ? undefined : setTimeout(() => child.kill("SIGKILL"), at.ms)
    child.on("error", reject)
    child.on("exit", (code, signal) => {
      clearTimeout(timer)
      resolve(signal ?? String(code))
    })
  })

async function* body() {
  yield packageArchive()
}

const publishAgain = Publisher.use((publisher) =>
  publisher.publish({ name: "@acme/movies", version: "1.0.0", body: body(), actor: "bob" })
)

/** A registry in a database has none in its folder. */
const uploadsOf = (folder: string): Promise<readonly string[]> =>
  readdir(join(folder, "bundles", "incoming")).catch(() => [])

/** What a registry over the folder shows after the kill, and after a second try. */
const lookAt = (folder: string) =>
  Effect.gen(function* () {
    const { list } = yield* Packages
    const { packages } = yield* list({})
    const published = yield* Effect.result(
      Effect.flatMap(Packages, ({ archive }) => archive("@acme/movies", "1.0.0"))
    )
    const { entries } = yield* AuditLog.use((audit) => audit.list({}))
    const again = yield* Effect.result(publishAgain)
    const after = yield* Effect.flatMap(Packages, ({ archive }) => archive("@acme/movies", "1.0.0"))
    const { brokenAt } = yield* AuditLog.use((audit) => audit.verify)
    const incoming = yield* Effect.promise(() => uploadsOf(folder))
    return {
      isListed: packages.length === 1,
      isReadable: published._tag === "Success",
      isAudited: entries.some(({ action }) => action === "package.publish"),
      isPublishedAnew: again._tag === "Success",
      bytes: after.bytes.length,
      brokenAt,
      incoming: incoming.length
    }
  })

export interface KilledPublish {
  /** The signal that ended it, or its exit code. */
  readonly ended: string
  readonly isThere: boolean
  /** What a version that is there whole, or not at all, would not show. */
  readonly faults: readonly string[]
}

/** Publishes in a process of its own that is killed, into files or a database, and looks at what is left with another. */
export const killedPublish = async (at: KillAt, database?: string): Promise<KilledPublish> => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-kill-"))
  const runtime = ManagedRuntime.make(
    registryOver(folder, database).pipe(Layer.provide(sandboxManifestReader))
  )
  try {
    const ended = await publishAndDie(folder, at, database)
    const seen = await runtime.runPromise(lookAt(folder))
    const fault = (isFault: boolean, text: string) => (isFault ? [text] : [])
    const faults = [
      ...fault(seen.isReadable !== seen.isListed, "it is listed and cannot be read, or the other way round"),
      ...fault(seen.isAudited !== seen.isListed, "its entry in the audit log and its row do not go together"),
      ...fault(seen.isPublishedAnew === seen.isListed, "a second publish was taken, or refused, wrongly"),
      ...fault(seen.bytes !== packageArchive().length, "its archive has another length"),
      ...fault(seen.brokenAt !== null, "the audit log's chain is broken"),
      ...fault(seen.incoming !== 0, "an upload was left behind")
    ]
    return { ended, isThere: seen.isListed, faults }
  } finally {
    await runtime.dispose()
    await rm(folder, { recursive: true, force: true })
  }
}
