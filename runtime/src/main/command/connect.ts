import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { alertEndpoints, controlEndpoints, dashboardEndpoints, registryEndpoints } from "@millrace/sdk/api"
import { makeClient } from "@millrace/registry/client"
import { root } from "./root.ts"
import { keptToken } from "../credentials.ts"
import { findDataFolder, findServer, type Server } from "../data-folder.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { loadPlatform } from "./load.ts"

/** The platform that a command speaks to. */
export interface Connection extends Clients {
  readonly server: Server
  readonly json: boolean
}
type Clients = ReturnType<typeof clients>

const clients = (server: Server) => {
  const options = { url: server.url, ...(server.token === undefined ? {} : { token: server.token }) }
  return {
    client: makeClient(controlEndpoints, options),
    registry: makeClient(registryEndpoints, options),
    observe: makeClient([...dashboardEndpoints, ...alertEndpoints], options)
  }
}

/** The server that the shared flags name; fails when none is up. */
export const namedServer = Effect.gen(function* () {
  const flags = yield* root
  if (Option.isSome(flags.url)) {
    if (!isAddress(flags.url.value)) return yield* noAddress(flags.url.value)
    const token = process.env["MILLRACE_TOKEN"] ?? (yield* keptToken(flags.url.value))
    return { url: flags.url.value, token, pid: undefined } satisfies Server
  }
  return yield* findServer(yield* findDataFolder(flags.data, process.cwd()))
})

const isAddress = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? "")

const noAddress = (text: string) =>
  new CommandError({
    code: "USAGE",
    message: `${JSON.stringify(text)} is not the address of a platform`,
    where: "--url",
    remedy: "write it as http://localhost:4000",
    exit: exitCode.usage
  })

/** A connection to a known server. */
export const connectTo = (server: Server, json: boolean): Connection => ({ ...clients(server), server, json })

/** Connects to the platform that is up. */
export const connect = Effect.gen(function* () {
  const { json } = yield* root
  return connectTo(yield* namedServer, json)
})

/** Connects to the platform that is up, or starts one in this process for as long as the scope is open. */
export const connectOrStart = Effect.gen(function* () {
  const flags = yield* root
  const server = yield* Effect.catchTag(namedServer, "CommandError", (error) =>
    error.code !== "SERVER_NOT_UP"
      ? Effect.fail(error)
      : Effect.flatMap(findDataFolder(flags.data, process.cwd()), (folder) =>
          Effect.flatMap(loadPlatform, ({ startPlatform }) =>
            startPlatform({ folder, host: "127.0.0.1", port: 0 })
          )
        )
  )
  return connectTo(server, flags.json)
})
