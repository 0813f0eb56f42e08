import { spawn } from "node:child_process"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { assert, describe, it } from "vitest"
import { AuditLog } from "../audit/audit-log.ts"
import { registryLayer } from "../registry-layer.ts"
import { failpoints } from "../store/failpoint.ts"
import { packageArchive } from "../testing/archive-fixture.ts"
import { sandboxManifestReader } from "../testing/sandbox-manifest-reader.ts"
import { Packages } from "./packages.ts"
import { Publisher } from "./publisher.ts"

const program = join(import.meta.dirname, "..", "testing", "publish-and-die.ts")

/** Runs the program; answers the signal that ended it, or its exit code. */
const dieAt = (folder: string, moment: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder, moment], {
      stdio: ["ignore", "ignore", "inherit"]
    })
    child.on("error", reject)
    child.on("exit", (code, signal) => resolve(signal ?? String(code)))
  })

async function* body() {
  yield packageArchive()
}

const publishAgain = Publisher.use((publisher) =>
  publisher.publish({ name: "@acme/movies", version: "1.0.0", body: body(), actor: "bob" })
)

/** What a registry over the folder shows after the kill, and after a second try. */
const lookAt = (folder: string) =>
  Effect.gen(function* () {
    const { list } = yield* Packages
    const { packages } = yield* list({})
    const published = yield* Effect.result(
      Effect.flatMap(Packages, ({ archive }) => archive("@acme/movies", "1.0.0"))
    )
    const { entries } = yield* AuditLog.use((audit) => audit.list({}))
    const audited = entries.some(({ action }) => action === "package.publish")
    const again = yield* Effect.result(publishAgain)
    const after = yield* Effect.flatMap(Packages, ({ archive }) => archive("@acme/movies", "1.0.0"))
    const { brokenAt } = yield* AuditLog.use((audit) => audit.verify)
    const incoming = yield* Effect.promise(() => readdir(join(folder, "bundles", "incoming")))
    return {
      listed: packages.length,
      published: published._tag,
      audited,
      again: again._tag,
      after,
      brokenAt,
      incoming
    }
  })

describe("a publish that is killed", () => {
  it.each([...failpoints, "never"])(
    "at %s is there whole, with its entry in the audit log, or not at all",
    async (moment) => {
      const folder = await mkdtemp(join(tmpdir(), "millrace-kill-"))
      const runtime = ManagedRuntime.make(registryLayer(folder).pipe(Layer.provide(sandboxManifestReader)))
      try {
        assert.equal(await dieAt(folder, moment), moment === "never" ? "0" : "SIGKILL")
        const seen = await runtime.runPromise(lookAt(folder))
        const isThere = moment === "after-commit" || moment === "never"
        assert.deepEqual(
          { ...seen, after: seen.after.bytes.length },
          {
            listed: isThere ? 1 : 0,
            published: isThere ? "Success" : "Failure",
            audited: isThere,
            again: isThere ? "Failure" : "Success",
            after: packageArchive().length,
            brokenAt: null,
            incoming: []
          }
        )
      } finally {
        await runtime.dispose()
        await rm(folder, { recursive: true, force: true })
      }
    }
  )
})
