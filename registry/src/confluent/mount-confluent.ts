import type { Api } from "../http/api.ts"
import type { HandlerRuntime } from "../http/handler.ts"
import { refusals } from "./reply/confluent-error.ts"
import type { ConfluentServices, Route } from "./route.ts"
import { compatibilityRoutes } from "./routes/compatibility.ts"
import { configRoutes } from "./routes/config.ts"
import { contextRoutes } from "./routes/contexts.ts"
import { modeRoutes } from "./routes/mode.ts"
import { schemaRoutes } from "./routes/schemas.ts"
import { serverRoutes } from "./routes/server.ts"
import { subjectRoutes } from "./routes/subjects.ts"
import { versionRoutes } from "./routes/versions.ts"
import { refusalReply, serveRoute } from "./request/serve-route.ts"

export interface ConfluentOptions {
  readonly runtime: HandlerRuntime<ConfluentServices>
  /** Version of this release. */
  readonly version: string
  /** Where the API stands, without a slash at its end: what a client's base URL ends with. Default `/schema-registry`; empty: at the root. */
  readonly prefix?: string
}

export const defaultConfluentPrefix = "/schema-registry"

/** All endpoints of the Confluent Schema Registry's REST API that are served here. */
export const confluentRoutes = (version: string): readonly Route[] => [
  ...subjectRoutes,
  ...versionRoutes,
  ...schemaRoutes,
  ...compatibilityRoutes,
  ...configRoutes,
  ...modeRoutes,
  ...contextRoutes,
  ...serverRoutes(version)
]

/**
 * Serves the Confluent Schema Registry's REST API for Avro from the registry's subjects, so that any client of it works unchanged.
 * Whoever calls says so by a token of the registry, as bearer or as the password of any user (docs/how-to/schema-registry.md).
 */
export const mountConfluent = (
  { app, nextReference }: Api,
  { prefix = defaultConfluentPrefix, runtime, version }: ConfluentOptions
): void => {
  for (const route of confluentRoutes(version)) {
    const paths = route.path === "/" ? [prefix, `${prefix}/`] : [`${prefix}${route.path}`]
    for (const path of paths.filter((each) => each !== "" && each !== "/"))
      app.on(route.method, path, (context) => serveRoute(context, route, { runtime, nextReference }))
  }
  if (prefix === "") return
  app.all(`${prefix}/*`, (context) => refusalReply(refusals.noRoute(context.req.method, context.req.path)))
}
