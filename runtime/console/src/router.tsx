import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router"
import { OverviewPage } from "./pages/overview/overview-page.tsx"
import { PageFailure, PageUnknown } from "./shell/page-failure.tsx"
import { Shell } from "./shell/shell.tsx"

/** Search parameters of an address that are texts; all others are dropped. */
const texts =
  <const Names extends readonly string[]>(...names: Names) =>
  (search: { readonly [name: string]: unknown }): { readonly [N in Names[number]]?: string } => {
    const kept: { [N in Names[number]]?: string } = {}
    names.forEach((name: Names[number]) => {
      const value = search[name]
      if (typeof value === "string" || typeof value === "number") kept[name] = String(value)
    })
    return kept
  }

const searchText = (search: { readonly [name: string]: unknown }): string => {
  const given = Object.entries(search).filter(([, value]) => typeof value === "string" && value !== "")
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === "" ? "" : `?${text}`
}

const root = createRootRoute({ component: Shell, notFoundComponent: PageUnknown })

const overview = createRoute({ getParentRoute: () => root, path: "/", component: OverviewPage })

const pipeline = createRoute({
  getParentRoute: () => root,
  path: "/pipelines/$pipeline",
  validateSearch: texts("tab", "node", "field", "revision", "outcome", "order"),
  component: lazyRouteComponent(() => import("./pages/pipeline/pipeline-page.tsx"), "PipelinePage")
})

const processor = createRoute({
  getParentRoute: () => root,
  path: "/pipelines/$pipeline/nodes/$node",
  validateSearch: texts("tab", "seconds"),
  component: lazyRouteComponent(() => import("./pages/processor/processor-page.tsx"), "ProcessorPage")
})

const trace = createRoute({
  getParentRoute: () => root,
  path: "/traces/$traceId",
  component: lazyRouteComponent(() => import("./pages/traces/trace-page.tsx"), "TracePage")
})

const platform = createRoute({
  getParentRoute: () => root,
  path: "/platform",
  component: lazyRouteComponent(() => import("./pages/platform/platform-page.tsx"), "PlatformPage")
})

const cost = createRoute({
  getParentRoute: () => root,
  path: "/cost",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./pages/cost/cost-page.tsx"), "CostPage")
})

const sources = createRoute({
  getParentRoute: () => root,
  path: "/sources",
  validateSearch: texts("search"),
  component: lazyRouteComponent(() => import("./pages/sources/sources-page.tsx"), "SourcesPage")
})

const source = createRoute({
  getParentRoute: () => root,
  path: "/sources/$stream",
  component: lazyRouteComponent(() => import("./pages/sources/source-page.tsx"), "SourcePage")
})

const packages = createRoute({
  getParentRoute: () => root,
  path: "/packages",
  validateSearch: texts("search"),
  component: lazyRouteComponent(() => import("./pages/packages/packages-page.tsx"), "PackagesPage")
})

const packageRoute = createRoute({
  getParentRoute: () => root,
  path: "/packages/$scope/$name",
  validateSearch: texts("tab", "version", "against"),
  component: lazyRouteComponent(() => import("./pages/packages/package-page.tsx"), "PackagePage")
})

const deadLetters = createRoute({
  getParentRoute: () => root,
  path: "/dead-letters",
  validateSearch: texts("pipeline", "cause", "letter"),
  component: lazyRouteComponent(() => import("./pages/dead-letters/dead-letters-page.tsx"), "DeadLettersPage")
})

const alerts = createRoute({
  getParentRoute: () => root,
  path: "/alerts",
  validateSearch: texts("pipeline"),
  component: lazyRouteComponent(() => import("./pages/alerts/alerts-page.tsx"), "AlertsPage")
})

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: texts("after"),
  component: lazyRouteComponent(() => import("./pages/audit/audit-page.tsx"), "AuditPage")
})

const routes = root.addChildren([
  overview,
  pipeline,
  processor,
  trace,
  platform,
  cost,
  sources,
  source,
  packages,
  packageRoute,
  deadLetters,
  alerts,
  audit
])

export const makeRouter = () =>
  createRouter({
    routeTree: routes,
    defaultErrorComponent: PageFailure,
    defaultPreload: "intent",
    scrollRestoration: true,
    // Plain texts: an address can be read, and written by hand.
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: searchText,
    pathParamsAllowedCharacters: ["@"]
  })

export type AppRouter = ReturnType<typeof makeRouter>

declare module "@tanstack/react-router" {
  interface Register {
    readonly router: AppRouter
  }
}
