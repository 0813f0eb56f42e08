import { mkdtemp, readdir, rm } from "node:fs/promises"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { getRequestListener } from "@hono/node-server"
import { ErrorBody, registryEndpoints } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import { authenticate } from "../auth/authenticate.ts"
import { Tokens } from "../auth/tokens.ts"
import { mountConfluent } from "../confluent/mount-confluent.ts"
import { makeClient } from "../client/make-client-boundary.ts"
import { type Api, makeApi } from "../http/api.ts"
import { mountEndpoints } from "../http/mount-boundary.ts"
import { registryHandlers } from "../http/registry-handlers.ts"
import { ownDatabase } from "./own-database.ts"
import { registryOver } from "./registry-over.ts"
import { sandboxManifestReader } from "./sandbox-manifest-reader.ts"

/** A whole registry over a folder or a database of its own, with an administrator's token. */
export interface TestRegistry extends AsyncDisposable {
  readonly folder: string
  /** Files of uploads under way, or left behind; a registry in a database has none in its folder. */
  readonly uploads: () => Promise<readonly string[]>
  readonly api: Api
  readonly runtime: ReturnType<typeof runtimeOf>
  readonly token: string
  /** Sends a request to the app in-process. */
  readonly request: (path: string, init?: RequestInit) => Promise<Response>
}

const runtimeOf = (folder: string, database: string | undefined) =>
  ManagedRuntime.make(registryOver(folder, database).pipe(Layer.provide(sandboxManifestReader)))

export const makeTestRegistry = async (hosts: readonly string[] = []): Promise<TestRegistry> => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-registry-"))
  const runtime = runtimeOf(folder, await ownDatabase())
  const issue = Tokens.use((tokens) => tokens.issue({ name: "test-admin", scopes: ["admin"] }, "system"))
  const { token } = await runtime.runPromise(issue)
  const reported: unknown[] = []
  const api = makeApi({ version: "1.0.0", hosts, report: (_, cause) => reported.push(cause) })
  mountEndpoints(api, registryEndpoints, registryHandlers("1.0.0"), { runtime, auth: authenticate })
  mountConfluent(api, { runtime, version: "1.0.0" })
  return {
    folder,
    uploads: () => readdir(join(folder, "bundles", "incoming")).catch(() => []),
    api,
    runtime,
    token,
    request: async (path, init) => api.app.request(path, init),
    [Symbol.asyncDispose]: async () => {
      await runtime.dispose()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** The same, listening on a port of the loopback address. */
export const listen = async (registry: TestRegistry) => {
  const listener = getRequestListener(registry.api.app.fetch)
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const url = `http://localhost:${port}`
  return {
    url,
    port,
    client: makeClient(registryEndpoints, { url, token: registry.token }),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

/** Runs an effect of a client. */
export const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

/** Runs an effect that must fail; answers its error. */
export const failureOf = <A, E>(effect: Effect.Effect<A, E>): Promise<E> =>
  Effect.runPromise(Effect.flip(effect))

/** The error that a reply carries, with its status. */
export const refusalOf = async (reply: Response) => ({
  ...Schema.decodeUnknownSync(ErrorBody)(await reply.json()).error,
  status: reply.status
})
