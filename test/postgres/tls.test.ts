import * as Effect from "effect/Effect"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { certificateTool, missingTools } from "../tools.ts"
import { opened } from "./open-store.ts"
import { type PostgresServer, startPostgres } from "./server.ts"

const hasCertificates = !missingTools().some(({ name }) => name === certificateTool)

const isEncrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"

describe.skipIf(!hasCertificates)(
  "a PostgreSQL server that speaks TLS, under a certificate of its own",
  () => {
    let server: PostgresServer
    beforeAll(async () => {
      server = await startPostgres({ tls: true })
    })
    afterAll(() => server[Symbol.asyncDispose]())

    /** What the server says of the connection; else why there is none. */
    const connection = async (host: string, parameters: { readonly [name: string]: string }) => {
      const address = new URL(await server.createDatabase())
      address.hostname = host
      for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
      const asking = Effect.flatMap(opened(address.href), ({ database }) => database.rows(isEncrypted))
      return Effect.runPromise(
        Effect.scoped(asking).pipe(
          Effect.map(([row]) => (row?.["ssl"] === true ? "encrypted" : "plain")),
          Effect.catch(({ reason }) => Effect.succeed(reason))
        )
      )
    }

    it("is spoken to encrypted unless that is forbidden", async () => {
      assert.equal(await connection("localhost", {}), "encrypted")
      assert.equal(await connection("localhost", { sslmode: "require" }), "encrypted")
      assert.equal(await connection("localhost", { sslmode: "disable" }), "plain")
    })

    it("is not trusted by verify-full unless its certificate is named, and is under the name that it has", async () => {
      const verified = { sslmode: "verify-full", sslrootcert: server.certificate }
      assert.equal(await connection("localhost", { sslmode: "verify-full" }), "denied")
      assert.equal(await connection("localhost", verified), "encrypted")
      assert.equal(await connection("127.0.0.1", verified), "denied")
    })

    it("is refused, and not spoken to in the clear, where TLS is demanded and not there", async () => {
      await using plain = await startPostgres()
      const address = new URL(await plain.createDatabase())
      for (const mode of ["require", "verify-full"]) {
        address.searchParams.set("sslmode", mode)
        const error = await Effect.runPromise(Effect.flip(Effect.scoped(opened(address.href))))
        assert.include(["denied", "unavailable"], error.reason)
      }
    })
  }
)
