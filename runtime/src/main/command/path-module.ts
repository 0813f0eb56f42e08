import * as Effect from "effect/Effect"
import { bundlePlugins } from "@millrace/sdk/build"
import { readPipeline } from "../../pipeline/index.ts"
import { buildFailed } from "./build-failure.ts"

/** Bundles a plugin that a pipeline names by path. */
export const bundleModule = (file: string) =>
  bundlePlugins({ entry: file }).pipe(
    Effect.map(({ code, sourceMap }) => ({ bundle: code, sourceMap })),
    Effect.mapError(buildFailed(file))
  )

/** The paths of plugins that a pipeline names; none where the text cannot be read, which `plan` then says. */
export const pathModules = (text: string, vars: { readonly [name: string]: string }): readonly string[] => {
  const read = readPipeline({ text, vars })
  if (!("ok" in read)) return []
  const paths = Object.values(read.ok.nodes).flatMap(({ plugin }) => ("path" in plugin ? [plugin.path] : []))
  return [...new Set(paths)]
}
