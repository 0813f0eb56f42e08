/**
 * A process that rotates the secrets' key of a folder and kills itself at a named moment: arguments are the folder and
 * the moment. Started by the kill tests.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { registryLayer } from "../registry-layer.ts"
import { Secrets } from "../secret/secrets.ts"
import { Failpoint } from "../store/failpoint.ts"
import { sandboxManifestReader } from "./sandbox-manifest-reader.ts"

const [, , folder = "", moment = ""] = process.argv

const runtime = ManagedRuntime.make(registryLayer(folder).pipe(Layer.provide(sandboxManifestReader)))

await runtime.runPromise(
  Secrets.use((secrets) => secrets.rotate("ann")).pipe(
    Effect.provideService(Failpoint, (name) =>
      Effect.sync(() => {
        if (name === moment) process.kill(process.pid, "SIGKILL")
      })
    )
  )
)
await runtime.dispose()
