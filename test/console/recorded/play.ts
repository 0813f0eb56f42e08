import { createServer } from "node:http"
import { getRequestListener } from "@hono/node-server"
import { Hono } from "hono"
import { streamSSE } from "hono/streaming"
import { consoleHome } from "../../../runtime/src/main/http/console/console-home.ts"
import { mountConsole } from "../../../runtime/src/main/http/console/mount-console.ts"
import type { Recording } from "./recording.ts"

/** A server that shows the console a recording, over and over. */
export interface Playing {
  readonly url: string
  /** Events that were sent so far. */
  readonly sent: () => number
  readonly close: () => Promise<void>
}

const everyMs = 1_000

/** Plays a recording at the pace that it was made at; of the API there is only what the recording holds. */
export const play = async ({ events, graph }: Recording): Promise<Playing> => {
  const app = new Hono()
  let sent = 0
  mountConsole(app, consoleHome())
  app.get("/api/status/fifty/graph", (context) =>
    context.body(graph, 200, { "content-type": "application/json" })
  )
  app.get("/api/live", (context) =>
    streamSSE(context, async (stream) => {
      for (let at = 0; !stream.aborted; at++) {
        await stream.writeSSE({ event: "status", data: events[at % events.length] ?? "" })
        sent += 1
        await stream.sleep(everyMs)
      }
    })
  )
  const listener = getRequestListener(app.fetch)
  const server = createServer((request, response) => void listener(request, response))
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    sent: () => sent,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
  }
}
