import { execFile } from "node:child_process"
import { readdirSync, renameSync, rmSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
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

/**
 * Keeps the built console no older than its sources, in a checkout. Asked at each page; the first that finds it missing or
 * old starts the bundler in a process of its own. A failed build is tried again when the sources have changed since.
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

/** When the newest source was changed. What is built lies among them, and is left out. */
const newestIn = (source: string): number => {
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
  return files
    .filter(
      (file) =>
        file.isFile() && !/(?:^|[\\/])(?:dist(?:\.new)?|node_modules)(?:[\\/]|$)/.test(file.parentPath)
    )
    .reduce((newest, { name, parentPath }) => {
      const changed = statSync(join(parentPath, name), { throwIfNoEntry: false })?.mtimeMs ?? 0
      return Math.max(newest, changed)
    }, 0)
}

/** Builds beside `dist`, and puts it in its place when it is whole. */
const bundle = (source: string, dist: string, done: (problem: string | undefined) => void): void => {
  const fresh = `${dist}.new`
  const vite = join(dirname(fileURLToPath(import.meta.resolve("vite/package.json"))), "bin/vite.js")
  const args = [vite, "build", source, "--config", join(source, "vite.config.ts"), "--outDir", fresh]
  // Whatever the platform is told: React is half as large again, and slower, in any other environment.
  const env = { ...process.env, NODE_ENV: "production" }
  execFile(process.execPath, args, { cwd: source, env }, (error, stdout, stderr) => {
    if (error !== null) return done(`${stderr}\n${stdout}`.trim().slice(-maxText) || error.message)
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
    return done(undefined)
  })
}
