import { existsSync } from "node:fs"
import { dirname, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { type BuildContext, context } from "esbuild"
import { BundleError } from "./build-error.ts"
import { joinBundle } from "@millrace/sandbox"
import { attemptBuild, type Bundle, buildOptions, bundleOf, missingEntry } from "./bundle.ts"
import { afterLibrary, LinkedLibrary } from "./linked-library.ts"
import { isBuildFailure } from "./offence/raw-offence.ts"

/**
 * Bundles the same module again and again, twenty times as fast as anew: what did not change is kept, and the SDK and Effect are
 * linked once, as a script that each bundle begins with. Its bundles do the same as those of `bundlePlugins`, but are not the same
 * bytes: for work, not for publishing.
 */
export interface Bundler {
  /** What the bundles begin with (`joinBundle` of the sandbox); "" before the first. */
  readonly library: () => string
  /** Fails like `bundlePlugins`; the next rebuild starts from what is there then. */
  readonly rebuild: Effect.Effect<Bundle, BundleError>
}

/** A bundler of the plugins that a module exports, for as long as the scope is open. The module need not be there yet. */
export const openBundler = Effect.fn("openBundler")(function* (options: { readonly entry: string }) {
  const entry = resolve(options.entry)
  const folder = dirname(entry)
  const whole = buildOptions(entry, folder)
  const { charset, conditions, legalComments, mainFields, minifySyntax, minifyWhitespace } = whole
  const { define, platform, plugins, target } = whole
  const resolving = { conditions, define, mainFields, platform, plugins, target }
  const printing = { charset, legalComments, minifySyntax, minifyWhitespace }
  const library = new LinkedLibrary({ ...resolving, ...printing }, folder)
  const opened = yield* Effect.acquireRelease(
    Effect.promise(() =>
      context({ ...whole, footer: { js: afterLibrary }, plugins: [library.plugin, ...plugins] })
    ),
    (made) => Effect.promise(() => made.dispose())
  )
  const bundler: Bundler = {
    library: () => library.text,
    rebuild: Effect.suspend(() =>
      existsSync(entry)
        ? attemptBuild(entry, () => rebuild(opened, library))
        : Effect.fail(new BundleError({ offences: [missingEntry(options.entry)] }))
    ).pipe(Effect.map((result) => behind(library.text, bundleOf(result, folder))))
  }
  return bundler
})

/** The bundle whose first part is the library. */
const behind = (library: string, own: Bundle): Bundle => {
  const { bundle, ownLine } = joinBundle(library, own.code)
  return { ...own, code: bundle, sourceMap: shifted(own.sourceMap, ownLine) }
}

/** A source map of a text that stands so many lines further down; each line of the text begins with a semicolon, but for the first. */
const shifted = (sourceMap: string, lines: number): string =>
  sourceMap.replace(/"mappings":"/, (found) => found + ";".repeat(lines))

type Context = BuildContext<ReturnType<typeof buildOptions>>

const rebuild = async (opened: Context, library: LinkedLibrary) => {
  if (library.isIncomplete) await library.make()
  const first = await attempt(opened)
  const isLacking = first.messages.some(({ text }) => lacksExport.test(text)) && library.takeWhole()
  if (!isLacking && !library.isIncomplete) return first.result()
  await library.make()
  return opened.rebuild()
}

/** What esbuild says of an import, by name or through a namespace, of something that a chunk has not. */
const lacksExport =
  /(?:No matching export in|will always be undefined because there is no matching export in) "millrace-library:/

const attempt = async (opened: Context) => {
  try {
    const done = await opened.rebuild()
    return { messages: done.warnings, result: () => done }
  } catch (error) {
    const messages = isBuildFailure(error) ? error.errors : []
    return {
      messages,
      result: () => {
        throw error
      }
    }
  }
}
