import { createServer, type Server } from "node:http"
import { getRequestListener } from "@hono/node-server"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Hono } from "hono"

/** The address cannot be listened on. `code` is the operating system's. */
export class ListenError extends Schema.TaggedError<ListenError>()("ListenError", {
  code: Schema.String,
  host: Schema.String,
  port: Schema.Int
}) {}

/** Serves an app until the scope closes; then ends open connections. Answers the address that people type. */
export const listen = Effect.fn("listen")(function* (
  app: Hono,
  options: { readonly host: string; readonly port: number }
) {
  const server = yield* Effect.acquireRelease(bind(app, options), close)
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : options.port
  return `http://${ownNames(options.host)[0] ?? "localhost"}:${port}`
})

/** Addresses that stand for every one of the machine, or for the loopback: `localhost` reaches both. */
const reachedAsLocalhost: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "0.0.0.0", "::"])

/** What an address to listen on is called in a URL; nothing where that is `localhost`. */
export const ownNames = (host: string): readonly string[] =>
  reachedAsLocalhost.has(host) ? [] : [host.includes(":") ? `[${host}]` : host]

const bind = (app: Hono, { host, port }: { readonly host: string; readonly port: number }) =>
  Effect.callback<Server, ListenError>((resume) => {
    const listener = getRequestListener(app.fetch)
    const server = createServer((request, response) => void listener(request, response))
    server.once("error", (error) =>
      resume(
        Effect.fail(new ListenError({ code: "code" in error ? String(error.code) : "UNKNOWN", host, port }))
      )
    )
    server.listen(port, host, () => resume(Effect.succeed(server)))
  })

const close = (server: Server): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })
