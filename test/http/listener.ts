import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer, type Server } from "node:net"

/** A listener that counts connections, and answers none. */
export interface Listener {
  readonly port: number
  readonly connections: () => number
  readonly close: () => Promise<void>
}

const listening = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === "object" && address !== null ? address.port : 0)
    })
  })

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))

/** Listens on one port at every loopback address of both families, where there are both. */
export const listenEverywhere = async (): Promise<Listener> => {
  let connections = 0
  const accept = (socket: { destroy: () => unknown }) => {
    connections += 1
    socket.destroy()
  }
  const v4 = createServer(accept)
  const port = await listening(v4, 0, "0.0.0.0")
  const v6 = createServer(accept)
  const hasV6 = await listening(v6, port, "::1").then(
    () => true,
    () => false
  )
  return {
    port,
    connections: () => connections,
    close: async () => {
      await closed(v4)
      if (hasV6) await closed(v6)
    }
  }
}

/** An HTTP server on 127.0.0.1. */
export const serve = async (
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown
): Promise<{ readonly port: number; readonly origin: string; readonly close: () => Promise<void> }> => {
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => answer(request, response, Buffer.concat(chunks)))
  })
  const port = await listening(server, 0, "127.0.0.1")
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      return closed(server)
    }
  }
}
