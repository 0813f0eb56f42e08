import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Result from "effect/Result"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { AuditLog } from "../../registry/src/audit/audit-log.ts"
import { Packages } from "../../registry/src/package/packages.ts"
import { Publisher } from "../../registry/src/package/publisher.ts"
import { Failpoint, type FailpointName, failpoints } from "../../registry/src/store/failpoint.ts"
import { packageArchive } from "../../registry/src/testing/archive-fixture.ts"
import { killedPublish } from "../../registry/src/testing/killed-publish.ts"
import { registryOver } from "../../registry/src/testing/registry-over.ts"
import { sandboxManifestReader } from "../../registry/src/testing/sandbox-manifest-reader.ts"
import { type PostgresServer, startPostgres } from "./server.ts"

/** A registry in a database renames no files. */
const moments = failpoints.filter((name) => name !== "archive-renamed")

const publish = Publisher.use((publisher) =>
  publisher.publish({ name: "@acme/movies", version: "1.0.0", body: body(), actor: "ann" })
)

async function* body() {
  yield packageArchive()
}

describe("a publish into PostgreSQL", () => {
  let server: PostgresServer
  const folder = mkdtempSync(join(tmpdir(), "millrace-publish-"))
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each([...moments, "never"] as const)(
    "whose platform is killed at %s is there whole, with its entry in the audit log, or not at all",
    async (moment) => {
      assert.deepEqual(await killedPublish(moment, await server.createDatabase()), {
        ended: moment === "never" ? "0" : "SIGKILL",
        isThere: moment === "after-commit" || moment === "never",
        faults: []
      })
    }
  )

  it.each(moments)(
    "whose server is killed at %s fails clearly or is there whole, and the platform goes on when the server is back",
    async (moment) => {
      const runtime = ManagedRuntime.make(
        registryOver(folder, await server.createDatabase()).pipe(Layer.provide(sandboxManifestReader))
      )
      const killServer = (name: FailpointName) =>
        name === moment ? Effect.promise(() => server.kill()) : Effect.void
      const published = await runtime.runPromise(
        Effect.result(Effect.provideService(publish, Failpoint, killServer))
      )
      await server.start()
      const { archive, list } = await runtime.runPromise(Effect.service(Packages))
      const { packages } = await runtime.runPromise(list({}))
      assert.strictEqual(packages.length === 1, Result.isSuccess(published))
      assert.strictEqual(Result.isSuccess(published), moment === "after-commit")
      if (Result.isFailure(published)) {
        assert.deepInclude(published.failure, { _tag: "StoreError", reason: "unavailable" })
        await runtime.runPromise(publish)
      }
      const { bytes } = await runtime.runPromise(archive("@acme/movies", "1.0.0"))
      assert.strictEqual(Buffer.compare(bytes, packageArchive()), 0)
      const { brokenAt, entries } = await runtime.runPromise(AuditLog.use((audit) => audit.verify))
      assert.deepEqual({ brokenAt, entries }, { brokenAt: null, entries: 1 })
      await runtime.dispose()
    }
  )
})
