import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { type ArchiveFile, buildPackage, readProject } from "@millrace/sdk/build"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { root } from "../house/floors.ts"

/** The archives of the plugins that come with the platform; `millrace up` publishes them (`runtime/plugins/*.tgz`). */
export const firstPartyArchives = (): Promise<readonly ArchiveFile[]> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const pool = yield* SandboxPool
      const folders = readdirSync(join(root, "plugins")).filter(isPackage).toSorted()
      return yield* Effect.forEach(
        folders,
        (folder) => archiveOf(join(root, "plugins", folder), pool.manifest),
        {
          concurrency: 2
        }
      )
    }).pipe(Effect.provide(SandboxPool.layer({})))
  )

const isPackage = (folder: string): boolean => existsSync(join(root, "plugins", folder, "package.json"))

const archiveOf = Effect.fnUntraced(function* (
  folder: string,
  readManifest: (typeof SandboxPool)["Service"]["manifest"]
) {
  const project = yield* readProject(folder)
  const { archive, manifest } = yield* buildPackage({ ...project, readManifest })
  const name = manifest.name.replace("@", "").replace("/", "-")
  return { name: `plugins/${name}-${manifest.version}.tgz`, content: archive } satisfies ArchiveFile
})
