import { runInNewContext } from "node:vm"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ManifestReader, ManifestReadError } from "../package/manifest-reader.ts"

/** Reads manifests of our own fixtures in a `node:vm` context. For tests of the registry alone: it is no sandbox. */
export const vmManifestReader = Layer.succeed(
  ManifestReader,
  ManifestReader.of({
    read: (bundle) =>
      Effect.try({
        try: () => String(runInNewContext(`${bundle}\n__millrace_bundle.manifest()`, {}, { timeout: 1000 })),
        catch: (cause) =>
          new ManifestReadError({ message: cause instanceof Error ? cause.message : "it throws" })
      })
  })
)
