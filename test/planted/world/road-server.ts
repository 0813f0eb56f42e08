import { drawsOf } from "./draw.ts"
import { type LocalServer, serve } from "./local-server.ts"

/** What a request takes, at least and at most. */
const leastMs = 70
const mostMs = 90

/** `GET /legs/DEPOT/POSTCODE`: minutes on the road, the same for the same address. */
export const serveRoads = (seed: number): Promise<LocalServer> => {
  let asked = 0
  return serve((path) => {
    const code = Number(/\/(\d+)$/.exec(path)?.[1] ?? 0)
    const minutes = Math.round(drawsOf(seed, code).between(4, 55) * 10) / 10
    return { status: 200, body: { minutes }, afterMs: drawsOf(seed, asked++).whole(leastMs, mostMs) }
  })
}
