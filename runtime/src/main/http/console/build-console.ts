import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { ConsoleHome } from "./console-home.ts"

/** What a build came to. */
export type BuildState =
  | { readonly is: "ready" }
  | { readonly is: "building" }
  /** `text`: what the bundler said. */
  | { readonly is: "failed"; readonly text: string }

/** Most of a bundler's words that are shown. */
const maxText = 4_000

/** What lies longer beside the built console was left by a platform that was killed. */
const abandonedMs = 600_000

/**
 * Keeps the built console no older than its sources, in a checkout. Asked at each page; the first that finds it missing or
 * old starts the bundler in a process of its own. A failed build is tried again when the sources have changed since. Several
 * platforms of one checkout may build at once: each builds apart, and the last that ends is what stays.
 */
export const makeConsoleBuild = ({ dist, source }: ConsoleHome): (() => BuildState) => {
  if (source === undefined) return () => ({ is: "ready" })
  let state: BuildState = { is: "ready" }
  let triedFor = 0
  return () => {
    if (state.is === "building") return state
    const newest = newestIn(source)
    if (builtAt(dist) >= newest) return { is: "ready" }
    if (state.is === "failed" && triedFor >= newest) return state
    triedFor = newest
    state = { is: "building" }
    bundle(source, dist, (problem) => {
      state = problem === undefined ? { is: "ready" } : { is: "failed", text: problem }
    })
    return state
  }
}

/** When the console was built, ms since 1970; 0: it was not. */
const builtAt = (dist: string): number =>
  statSync(join(dist, "index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0

/** When the newest source was changed. */
const newestIn = (source: string): number => {
  const own = readdirSync(source, { withFileTypes: true }).filter(({ name }) => !isMade.test(name))
  const within = own
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(source, name), { recursive: true, withFileTypes: true }))
  return [...own, ...within]
    .filter((entry) => entry.isFile())
    .reduce((newest, { name, parentPath }) => {
      const changed = statSync(join(parentPath, name), { throwIfNoEntry: false })?.mtimeMs ?? 0
      return Math.max(newest, changed)
    }, 0)
}

/** What lies among the sources and is none. It is not looked into: another platform may be moving it. */
const isMade = /^(?:dist|dist\.new|node_modules)$/

/** Builds in a folder of its own beside `dist`, and puts it in its place when it is whole. */
const bundle = (source: string, dist: string, done: (problem: string | undefined) => void): void => {
  const fresh = freshFolder(dist)
  const vite = join(dirname(fileURLToPath(import.meta.resolve("vite/package.json"))), "bin/vite.js")
  const args = [vite, "build", source, "--config", join(source, "vite.config.ts"), "--outDir", fresh]
  // Whatever the platform is told: React is half as large again, and slower, in any other environment.
  const env = { ...process.env, NODE_ENV: "production" }
  const child = execFile(process.execPath, args, { cwd: source, env }, (error, stdout, stderr) => {
    process.off("exit", abandon)
    try {
      if (error !== null) return done(`${stderr}\n${stdout}`.trim().slice(-maxText) || error.message)
      putInPlace(fresh, dist)
      return done(undefined)
    } catch (unwritable) {
      return done(String(unwritable))
    } finally {
      rmSync(fresh, { recursive: true, force: true })
    }
  })
  const abandon = () => {
    child.kill("SIGKILL")
    rmSync(fresh, { recursive: true, force: true })
  }
  process.once("exit", abandon)
}

/** A folder that no other build writes to, in one that has no more than the builds under way. */
const freshFolder = (dist: string): string => {
  const parent = `${dist}.new`
  mkdirSync(parent, { recursive: true })
  for (const name of readdirSync(parent)) {
    const path = join(parent, name)
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY
    if (Date.now() - changed > abandonedMs) rmSync(path, { recursive: true, force: true })
  }
  return mkdtempSync(join(parent, `${process.pid}-`))
}

/** Renames, and never writes into, what pages are read from. Another platform may be doing the same. */
const putInPlace = (fresh: string, dist: string): void => {
  const old = join(dirname(fresh), `${basename(fresh)}.old`)
  for (;;) {
    rename(dist, old, "ENOENT")
    rmSync(old, { recursive: true, force: true })
    if (rename(fresh, dist, "ENOTEMPTY")) return
  }
}

/** Whether it was renamed; not, where `excused` is why. */
const rename = (from: string, to: string, excused: "ENOENT" | "ENOTEMPTY"): boolean => {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === excused) return false
    throw error
  }
}
