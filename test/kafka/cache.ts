import { existsSync, readdirSync, rmSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { releases } from "./releases.ts"
import type { Release } from "./releases.ts"

/** Where releases are kept between runs, outside the repository. */
export const cacheFolder = (): string => {
  const given = process.env["XDG_CACHE_HOME"]
  return join(given === undefined || given === "" ? join(homedir(), ".cache") : given, "millrace/kafka")
}

export const releaseFolder = (release: Release): string => join(cacheFolder(), releases[release])

/** The folder of a release's jars; undefined while it was not fetched. */
export const cachedJars = (release: Release): string | undefined => {
  // The folder takes its name when all is in it.
  const folder = join(releaseFolder(release), "lib")
  return existsSync(folder) ? folder : undefined
}

const beginnings = /^fetch-(\d+)-/

/** Where a fetch of this process works until it is whole. */
export const beginning = (release: Release): string =>
  join(cacheFolder(), `fetch-${process.pid}-${releases[release]}-${Math.random().toString(36).slice(2, 8)}`)

/** Removes what fetches left that were killed. */
export const sweepBeginnings = (): void => {
  if (!existsSync(cacheFolder())) return
  for (const name of readdirSync(cacheFolder())) {
    const owner = beginnings.exec(name)?.[1]
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(join(cacheFolder(), name), { recursive: true, force: true })
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM"
  }
}
