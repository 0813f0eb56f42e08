import { readFile } from "node:fs/promises"
import { extname, join } from "node:path"
import type { Context, Hono } from "hono"
import { buildPage } from "./build-page.ts"
import { type BuildState, makeConsoleBuild } from "./build-console.ts"
import type { ConsoleHome } from "./console-home.ts"

/** Only the console's own files, and only data of this platform; styles are set by script, never written into the page. */
const pageSecurity = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'"
].join("; ")

/** Addresses of pages: all are the one document, which looks at the address itself. */
const pages = [
  "/",
  "/pipelines/:pipeline",
  "/pipelines/:pipeline/nodes/:node",
  "/traces/:traceId",
  "/platform",
  "/cost",
  "/sources",
  "/sources/:stream",
  "/packages",
  "/packages/:scope/:name",
  "/dead-letters",
  "/alerts",
  "/audit"
] as const

const types: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml"
}

/** The name says what is in it: a browser may keep it for good. */
const forGood = "public, max-age=31536000, immutable"

interface Built {
  readonly dist: string
  readonly name: string
  readonly caching: string
}

/** Adds the console to an app: its pages at their addresses, its files under `/assets`. Holds no data, so anyone may load it. */
export const mountConsole = (app: Hono, home: ConsoleHome): void => {
  const stateNow = makeConsoleBuild(home)
  const page = async (context: Context): Promise<Response> => {
    const state = stateNow()
    if (state.is !== "ready") return notYet(context, state)
    context.header("content-security-policy", pageSecurity)
    return sendFile(context, { dist: home.dist, name: "index.html", caching: "no-cache" })
  }
  for (const path of pages) app.get(path, page)
  app.get("/console.svg", (context) =>
    sendFile(context, { dist: home.dist, name: "console.svg", caching: "no-cache" })
  )
  app.get("/assets/:name{[\\w.-]+}", (context) =>
    sendFile(context, {
      dist: home.dist,
      name: `assets/${context.req.param("name")}`,
      caching: forGood
    })
  )
}

const notYet = (context: Context, state: Exclude<BuildState, { readonly is: "ready" }>) =>
  context.html(buildPage(state), state.is === "building" ? 200 : 500)

/** Sends a built file, as it was compressed when it was built where the client takes that. */
const sendFile = async (context: Context, { caching, dist, name }: Built): Promise<Response> => {
  const takesBrotli = /\bbr\b/.test(context.req.header("accept-encoding") ?? "")
  const path = join(dist, name)
  const compressed = takesBrotli ? await readOrNothing(`${path}.br`) : undefined
  const bytes = compressed ?? (await readOrNothing(path))
  if (bytes === undefined) return context.notFound()
  context.header("content-type", types[extname(name)] ?? "application/octet-stream")
  context.header("cache-control", caching)
  context.header("vary", "accept-encoding")
  if (compressed !== undefined) context.header("content-encoding", "br")
  return context.body(new Uint8Array(bytes))
}

const readOrNothing = (path: string): Promise<Buffer | undefined> => readFile(path).catch(() => undefined)
