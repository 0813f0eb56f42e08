import { ManifestReader, ManifestReadError } from "@millrace/registry/server"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The registry reads manifests in this platform's sandbox: it never runs a bundle itself. */
export const manifestReaderLayer = Layer.effect(
  ManifestReader,
  Effect.map(SandboxPool, (pool) =>
    ManifestReader.of({
      read: (bundle) =>
        Effect.mapError(pool.manifest(bundle), (error) => new ManifestReadError({ message: error.message }))
    })
  )
)
