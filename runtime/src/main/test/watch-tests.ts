import { type Bundler, openBundler } from "@millrace/sdk/build"
import { moduleLoader } from "@millrace/sdk/testing"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { watchFiles } from "../dev/watch-files.ts"
import { printError, printJsonErrors, printJsonLine, printLines, say } from "../terminal/print.ts"
import { findFixtures, isFixture } from "./find-fixtures.ts"
import { runJson, summaryLine } from "./print-run.ts"
import type { Load } from "./run-files.ts"
import { distinct, timedRun } from "./timed-run.ts"
import type { TestOptions } from "./test-options.ts"

/** Runs fixtures, then again those that a change touches and those that are new at the paths, until it is ended. */
export const watchTests = Effect.fnUntraced(function* (first: readonly string[], options: TestOptions) {
  const uses = new Map<string, ReadonlySet<string>>()
  const bundle = yield* keptBundlers
  const watching = yield* watchFiles(first, isWatched)
  let chosen = first
  while (true) {
    yield* runOnce(chosen, loadNoting(moduleLoader(bundle), uses), options)
    watching.include([...uses.values()].flatMap((each) => [...each]))
    yield* say("Waiting for changes. Ctrl-C ends.")
    do {
      const changed = yield* watching.next
      const files = yield* findFixtures(options.paths)
      chosen = files.filter((file) => isTouched(file, changed.files, uses.get(file)))
    } while (chosen.length === 0)
  }
})

/** Avro schemas that a fixture names are no part of a bundle. */
const isWatched = (file: string): boolean => isFixture(file) || file.endsWith(".avsc")

/** A fixture that was not loaded yet, or not wholly, may hang on anything. */
const isTouched = (
  file: string,
  changed: readonly string[],
  used: ReadonlySet<string> | undefined
): boolean =>
  changed.some(
    (each) =>
      each === file || each.endsWith(".avsc") || (used === undefined ? !isFixture(each) : used.has(each))
  )

const runOnce = Effect.fnUntraced(function* (
  files: readonly string[],
  load: Load,
  { filter, json, runs: batches, seed, update }: TestOptions
) {
  const { ms, runs } = yield* timedRun(files, { filter, update, runs: batches, seed, load }, json)
  const errors = distinct(runs.flatMap((run) => run.errors))
  if (json) {
    yield* printJsonLine(runJson(runs, ms))
    if (errors.length > 0) yield* printJsonErrors(errors)
    return
  }
  yield* Effect.forEach(errors, printError, { discard: true })
  yield* printLines([summaryLine(runs, ms)])
})

/** Notes what each fixture's module was made of. */
const loadNoting =
  (load: ReturnType<typeof moduleLoader>, uses: Map<string, ReadonlySet<string>>): Load =>
  (module, file) =>
    load(module).pipe(
      Effect.tap(({ bundle }) => Effect.sync(() => uses.set(file, new Set([module, ...bundle.files])))),
      Effect.tapError(() => Effect.sync(() => uses.delete(file)))
    )

/** A bundler of each module, for as long as the scope is open. */
const keptBundlers = Effect.gen(function* () {
  const scope = yield* Scope.Scope
  const bundlers = new Map<string, Effect.Effect<Bundler>>()
  return Effect.fnUntraced(function* (module: string) {
    const known = bundlers.get(module)
    const opening = known ?? (yield* Effect.cached(Scope.provide(openBundler({ entry: module }), scope)))
    bundlers.set(module, opening)
    const bundler = yield* opening
    return yield* bundler.rebuild
  })
})
