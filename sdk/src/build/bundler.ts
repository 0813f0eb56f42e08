import { existsSync } from "node:fs"
import { dirname, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { type BuildContext, context } from "esbuild"
import { BundleError } from "./build-error.ts"
import { attemptBuild, type Bundle, buildOptions, bundleOf, missingEntry } from "./bundle.ts"
import { LibraryChunks } from "./library-chunks.ts"
import { isBuildFailure } from "./offence/raw-offence.ts"

/**
 * Bundles the same module again and again, several times as fast as anew: what did not change is kept, and the SDK and Effect are
 * linked once. Its bundles do the same as those of `bundlePlugins`, but are not the same bytes: for work, not for publishing.
 */
export interface Bundler {
  /** Fails like `bundlePlugins`; the next rebuild starts from what is there then. */
  readonly rebuild: Effect.Effect<Bundle, BundleError>
}

/** A bundler of the plugins that a module exports, for as long as the scope is open. The module need not be there yet. */
export const openBundler = Effect.fn("openBundler")(function* (options: { readonly entry: string }) {
  const entry = resolve(options.entry)
  const folder = dirname(entry)
  const whole = buildOptions(entry, folder)
  const { conditions, mainFields, platform, plugins, target } = whole
  const chunks = new LibraryChunks({ conditions, mainFields, platform, plugins, target }, folder)
  const opened = yield* Effect.acquireRelease(
    Effect.promise(() => context({ ...whole, plugins: [chunks.plugin, ...plugins] })),
    (made) => Effect.promise(() => made.dispose())
  )
  const bundler: Bundler = {
    rebuild: Effect.suspend(() =>
      existsSync(entry)
        ? attemptBuild(entry, () => rebuild(opened, chunks))
        : Effect.fail(new BundleError({ offences: [missingEntry(options.entry)] }))
    ).pipe(Effect.map((result) => bundleOf(result, folder)))
  }
  return bundler
})

type Context = BuildContext<ReturnType<typeof buildOptions>>

const rebuild = async (opened: Context, chunks: LibraryChunks) => {
  if (chunks.areIncomplete) await chunks.make()
  const first = await attempt(opened)
  const isLacking = first.messages.some(({ text }) => lacksExport.test(text)) && chunks.takeWhole()
  if (!isLacking && !chunks.areIncomplete) return first.result()
  await chunks.make()
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
