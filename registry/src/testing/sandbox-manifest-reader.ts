import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ManifestReader, ManifestReadError } from "../package/manifest-reader.ts"

/** Reads manifests in the real sandbox, in processes of its own. */
export const sandboxManifestReader = Layer.effect(
  ManifestReader,
  Effect.map(SandboxPool, (pool) =>
    ManifestReader.of({
      read: (bundle) =>
        Effect.mapError(pool.manifest(bundle), ({ message }) => new ManifestReadError({ message }))
    })
  )
).pipe(Layer.provide(SandboxPool.layer()))
