import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { BuiltPackage } from "@millrace/sdk/build"
import { SandboxPool } from "@millrace/sandbox"
import { Failpoint } from "../../telemetry/failpoint.ts"
import type { Connection } from "./connect.ts"
import { buildFolder, packageFolders } from "./package-folder.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { sandboxOptions } from "../sandbox-options.ts"

/** Builds and publishes every package at a path. A version that is there with the same bytes is left alone. */
export const publishFolder = Effect.fn("publishFolder")(function* (connection: Connection, folder: string) {
  const folders = yield* packageFolders(folder)
  yield* Effect.forEach(folders, (each) => publishOne(connection, each), {
    discard: true,
    concurrency: 2
  }).pipe(Effect.provide(SandboxPool.layer(sandboxOptions)))
})

const publishOne = Effect.fnUntraced(function* (connection: Connection, folder: string) {
  const built = yield* buildFolder(folder)
  const failpoint = yield* Failpoint
  failpoint("publish")
  const isNew = yield* send(connection, built)
  const { name, version } = built.manifest
  if (connection.json)
    return yield* Console.log(JSON.stringify({ name, version, integrity: built.integrity, published: isNew }))
  return yield* Console.log(
    `${name}@${version} ${isNew ? "published" : "is there already, unchanged"} (${built.archive.length} bytes)`
  )
})

/** True when it was published now; false when the registry had this very archive. */
const send = Effect.fnUntraced(function* ({ registry }: Connection, built: BuiltPackage) {
  const { name: full, version } = built.manifest
  const [scope = "", name = ""] = full.split("/")
  return yield* registry.publishVersion({ params: { scope, name, version }, body: built.archive }).pipe(
    Effect.as(true),
    Effect.catchTag("ApiError", (error) =>
      error.code === "VERSION_EXISTS"
        ? Effect.flatMap(registry.getVersion({ params: { scope, name, version } }), (there) =>
            there.integrity === built.integrity ? Effect.succeed(false) : Effect.fail(changed(full, version))
          )
        : Effect.fail(error)
    )
  )
})

const changed = (name: string, version: string) =>
  new CommandError({
    code: "VERSION_EXISTS",
    message: `${name}@${version} was published before, with other content; versions never change`,
    where: name,
    remedy: "raise the version in package.json and publish again",
    exit: exitCode.failed
  })
