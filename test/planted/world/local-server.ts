import { createServer, type IncomingMessage } from "node:http"

export interface Reply {
  readonly status: number
  readonly body: unknown
  /** How long it takes. */
  readonly afterMs: number
}

/** A server of this machine. */
export interface LocalServer {
  readonly url: string
  readonly close: () => Promise<void>
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = ""
  request.setEncoding("utf8")
  for await (const chunk of request) text += String(chunk)
  return text
}

/** Answers requests in JSON, on a free port. */
export const serve = async (answer: (path: string, body: string) => Reply): Promise<LocalServer> => {
  const server = createServer((request, response) => {
    textOf(request).then(
      (text) => {
        const { afterMs, body, status } = answer(request.url ?? "/", text)
        setTimeout(() => {
          response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
        }, afterMs)
      },
      // Who asked has gone.
      () => response.destroy()
    )
  })
  // Connections are kept while they are used; the platform's are closed by it.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("a local server has no port")
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
  }
}
