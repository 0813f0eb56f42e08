/**
 * A process that publishes the fixture into a registry and kills itself at a named moment: arguments are the registry's folder,
 * the moment, and the address of its database where it is in PostgreSQL. Started by the kill tests.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { Publisher } from "../package/publisher.ts"
import { Failpoint } from "../store/failpoint.ts"
import { packageArchive } from "./archive-fixture.ts"
import { registryOver } from "./registry-over.ts"
import { sandboxManifestReader } from "./sandbox-manifest-reader.ts"

const [, , folder = "", moment = "", database] = process.argv

const runtime = ManagedRuntime.make(registryOver(folder, database).pipe(Layer.provide(sandboxManifestReader)))

async function* body() {
  yield packageArchive()
}

const publish = Publisher.use((publisher) =>
  publisher.publish({ name: "@acme/movies", version: "1.0.0", body: body(), actor: "ann" })
).pipe(
  Effect.provideService(Failpoint, (name) =>
    Effect.sync(() => {
      if (name === moment) process.kill(process.pid, "SIGKILL")
    })
  )
)

await runtime.runPromise(publish)
await runtime.dispose()
