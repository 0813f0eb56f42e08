import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pack } from "../pack/pack.ts"
import { type NpmRegistry, startNpmRegistry } from "./npm-registry.ts"
import { makeShell, type Shell } from "./shell.ts"

/** A folder outside the repository, a local npm registry that holds the packed packages, and shells that use it. */
export interface Place {
  readonly folder: string
  readonly registry: NpmRegistry
  /** A shell whose npm has a cache of this name; a new name is an empty cache. */
  readonly shell: (cache: string, more?: NodeJS.ProcessEnv) => Shell
  readonly close: () => Promise<void>
}

/** Packs the packages, as they stand, and publishes them to a registry of their own. */
export const openPlace = async (): Promise<Place> => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-journey-"))
  const packages = join(folder, "packages")
  mkdirSync(packages)
  const [registry, packed] = await Promise.all([startNpmRegistry(join(folder, "registry")), pack(packages)])
  await registry.publish(packed)
  return {
    folder,
    registry,
    shell: (cache, more = {}) =>
      makeShell({ ...registry.environment(join(folder, "cache", cache)), ...more }),
    close: async () => {
      await registry.stop()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    }
  }
}
