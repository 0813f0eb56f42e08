import { type LocalServer, serve } from "./local-server.ts"
import type { ScanFeed } from "./scan-feed.ts"

const latencyMs = 4

/** `GET /gateways/NAME/scans?after=N&most=M`. */
export const serveGateways = (feed: ScanFeed): Promise<LocalServer> =>
  serve((path) => {
    const url = new URL(path, "http://gateways")
    const [, , gateway = ""] = url.pathname.split("/")
    const after = Number(url.searchParams.get("after") ?? 0)
    const most = Number(url.searchParams.get("most") ?? 100)
    return { status: 200, body: feed.page(gateway, after, most, Date.now()), afterMs: latencyMs }
  })
