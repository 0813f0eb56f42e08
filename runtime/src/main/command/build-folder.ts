import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { SandboxPool } from "@millrace/sandbox"
import { buildFolder, packageFolders } from "./package-folder.ts"
import { sandboxOptions } from "../sandbox-options.ts"

/** Builds every package at a path and writes its archive. */
export const buildFolders = Effect.fn("buildFolders")(function* (folder: string, out: string, json: boolean) {
  const folders = yield* packageFolders(folder)
  yield* Effect.forEach(folders, (each) => buildOne(each, out, json), { discard: true }).pipe(
    Effect.provide(SandboxPool.layer(sandboxOptions))
  )
})

const buildOne = Effect.fnUntraced(function* (folder: string, out: string, json: boolean) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { archive, bundle, integrity, manifest } = yield* buildFolder(folder)
  const target = path.resolve(folder, out)
  const file = path.join(
    target,
    `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`
  )
  yield* Effect.orDie(fs.makeDirectory(target, { recursive: true }))
  yield* Effect.orDie(fs.writeFile(file, archive))
  const { name, plugins, version } = manifest
  if (json)
    return yield* Console.log(
      JSON.stringify({
        name,
        version,
        file,
        integrity,
        plugins: plugins.map(({ kind, name: plugin }) => ({ kind, name: plugin }))
      })
    )
  return yield* Console.log(
    `${name}@${version}: ${plugins.map((plugin) => `${plugin.kind} ${plugin.name}`).join(", ")}; bundle ${Math.ceil(bundle.code.length / 1024)} KiB, ${file}`
  )
})
