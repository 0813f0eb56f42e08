import { randomBytes } from "node:crypto"
import { registryEndpoints } from "@millrace/sdk/api"
import {
  authenticate,
  errorReply,
  type Leadership,
  makeApi,
  ManifestReader,
  ManifestReadError,
  mountEndpoints,
  notLeader,
  registryHandlers,
  registryLayer
} from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export interface StandbyOptions {
  readonly leadership: Leadership
  /** The registry's folder. */
  readonly folder: string
  readonly version: string
  readonly hosts: readonly string[]
}

const publishesNothing = Layer.succeed(
  ManifestReader,
  ManifestReader.of({
    read: () =>
      Effect.fail(new ManifestReadError({ message: "a platform that stands by reads no manifests" }))
  })
)

const readable = registryEndpoints.filter(({ access }) => access === "open" || access === "read")

/**
 * The HTTP side of a platform that stands by: the registry can be read. All else is refused with the address of the one
 * that leads, before a body is read.
 */
export const makeStandbyApp = Effect.fnUntraced(function* ({
  folder,
  hosts,
  leadership,
  version
}: StandbyOptions) {
  // Its secrets are the leader's to read; the key is one that fits none.
  const secretKey = { text: randomBytes(32).toString("base64") }
  const registry = registryLayer(folder, { secretKey, database: leadership.database })
  const services = yield* Layer.build(registry.pipe(Layer.provide(publishesNothing)))
  const api = makeApi({
    version,
    hosts,
    report: (message, cause) => Effect.runForkWith(services)(Effect.logError(message, cause))
  })
  mountEndpoints(api, readable, registryHandlers(version), {
    runtime: { runPromiseExit: Effect.runPromiseExitWith(services) },
    auth: authenticate
  })
  const refuse = Effect.map(leadership.standing, (standing) =>
    errorReply(notLeader(standing.is === "leading" ? undefined : standing.leader))
  )
  api.app.all("*", () => Effect.runPromiseWith(services)(refuse))
  return api
})
