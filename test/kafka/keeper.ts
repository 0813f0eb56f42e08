import { createServer } from "node:http"
import type { Server } from "node:http"
import { isRelease } from "./releases.ts"
import type { Release } from "./releases.ts"
import { openCluster } from "./running-cluster.ts"
import type { RunningCluster } from "./running-cluster.ts"

/** The variable by which test processes find the keeper. */
export const keeperVariable = "MILLRACE_KAFKA_KEEPER"

/**
 * Keeps the clusters that the suites of one run share: one broker of each line, started when a suite asks for it first.
 * It lives in the process that runs the tests' processes, as vitest's global setup, and costs nothing where none asks.
 */
export const startKeeper = async (): Promise<{
  readonly url: string
  readonly stop: () => Promise<void>
}> => {
  const clusters = new Map<Release, Promise<RunningCluster>>()
  const clusterOf = (release: Release): Promise<RunningCluster> => {
    const known = clusters.get(release)
    if (known !== undefined) return known
    const started = openCluster({ version: release })
    clusters.set(release, started)
    return started
  }
  const server = createServer((request, reply) => {
    const release = request.url?.slice(1) ?? ""
    if (!isRelease(release)) return void reply.writeHead(404).end()
    clusterOf(release).then(
      ({ bootstrap }) => reply.writeHead(200).end(bootstrap.join(",")),
      (cause: unknown) => reply.writeHead(500).end(cause instanceof Error ? cause.message : String(cause))
    )
  })
  const url = await listening(server)
  return {
    url,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await Promise.all(
        [...clusters.values()].map((cluster) =>
          cluster.then(
            (running) => running.close("hard"),
            () => undefined
          )
        )
      )
    }
  }
}

const listening = (server: Server): Promise<string> =>
  new Promise((done, refuse) => {
    server.on("error", refuse).listen(0, "127.0.0.1", () => {
      const address = server.address()
      done(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`)
    })
  })
