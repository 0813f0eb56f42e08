import { createServer, request } from "node:http"

/** Stands before a schema registry: passes requests on, or does not answer, as long as it is told so. */
export interface RegistryFront extends AsyncDisposable {
  readonly url: string
  /** `away`: connections break; `failing`: every reply is 503. */
  mode: "open" | "away" | "failing"
  /** Requests that it got, as `GET /subjects`. */
  readonly seen: readonly string[]
}

/** `target`: the base URL of the registry. */
export const registryFront = async (target: string): Promise<RegistryFront> => {
  const seen: string[] = []
  const { hostname, pathname, port } = new URL(target)
  const server = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`)
    if (front.mode === "away") return void incoming.socket.destroy()
    if (front.mode === "failing")
      return void outgoing.writeHead(503, { "content-type": "text/plain" }).end("the registry is being moved")
    const options = {
      hostname,
      port,
      path: `${pathname}${incoming.url}`,
      method: incoming.method,
      headers: { ...incoming.headers, host: `${hostname}:${port}` }
    }
    const passed = request(options, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(outgoing)
    })
    passed.on("error", () => outgoing.destroy())
    incoming.pipe(passed)
    return undefined
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const address = server.address()
  const front: RegistryFront = {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    mode: "open",
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
  }
  return front
}
