import type { ApiError } from "@millrace/sdk/api"
import { Packages, Publisher, type StoreError } from "@millrace/registry/server"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import { say } from "../terminal/print.ts"

/**
 * The plugins that come with this program, as archives in its package: in the registry from the first start on. A checkout
 * has none, and publishes from its own sources (`examples/start.ts`).
 */
export class FirstParty extends Context.Service<
  FirstParty,
  {
    /** Answers once they are published; done once for a start, whoever asks first. A version that is there is left alone. */
    readonly published: Effect.Effect<void>
  }
>()("millrace/FirstParty") {}

/** The scope that they are published under. */
export const firstPartyScope = "@millrace/"

export const firstPartyLayer = Layer.effect(
  FirstParty,
  Effect.gen(function* () {
    const services = yield* Effect.context<Packages | Publisher | FileSystem.FileSystem | Path.Path>()
    const published = yield* Effect.cached(Effect.provideContext(publishAll, services))
    return FirstParty.of({ published })
  })
)

const publishAll = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const home = path.dirname(
    yield* Effect.orDie(path.fromFileUrl(new URL(import.meta.resolve("millrace/package.json"))))
  )
  const folder = path.join(home, "plugins")
  const files = yield* Effect.orElseSucceed(fs.readDirectory(folder), () => [])
  yield* Effect.forEach(files, (file) => publishOne(path.join(folder, file), file), {
    concurrency: 2,
    discard: true
  })
})

const archiveName = /^millrace-(.+)-(\d+\.\d+\.\d+(?:-[\w.]+)?)\.tgz$/

const publishOne = Effect.fnUntraced(function* (path: string, file: string) {
  const [, plugin, version = ""] = archiveName.exec(file) ?? []
  if (plugin === undefined) return
  const name = `${firstPartyScope}${plugin}`
  const packages = yield* Packages
  if (yield* Effect.isSuccess(packages.resolve(name, version))) return
  const bytes = yield* Effect.orDie((yield* FileSystem.FileSystem).readFile(path))
  const body = (async function* () {
    yield bytes
  })()
  // A registry without one of them still serves the others.
  const request = { name, version, body, actor: "platform", isAdmin: true }
  yield* Effect.catch((yield* Publisher).publish(request), (error) =>
    say(`${name}@${version}, which comes with Millrace, was not published: ${reasonOf(error)}`)
  )
})

const reasonOf = (error: ApiError | StoreError): string => ("code" in error ? error.message : error.operation)
