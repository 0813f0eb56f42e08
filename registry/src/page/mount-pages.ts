import { type ApiError, apiError, PackageName } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type { Context } from "hono"
import type { Api } from "../http/api.ts"
import { bearer } from "../http/bearer.ts"
import { errorReply, fromStoreError } from "../http/error-reply.ts"
import type { MountOptions } from "../http/handler.ts"
import { isLocalRequest } from "../http/peer.ts"
import { Packages } from "../package/packages.ts"
import type { StoreError } from "../store/store-error.ts"
import { loadReadmeHtml } from "./load-readme.ts"
import { packagePage, packagesPage, packageStyle } from "./package-page.ts"

/** Nothing but the page's own style sheet: no script, picture, frame or form, whatever a README holds. */
const pageSecurity =
  "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

type Page = ReturnType<typeof packagesPage>

/** Adds `/packages` and `/packages/@scope/name` (`?version=` shows that one), for whoever may read. */
export const mountPages = <R>(api: Api, { auth, runtime }: MountOptions<R | Packages>): void => {
  const serve = async (
    context: Context,
    page: Effect.Effect<Page, ApiError | StoreError, Packages>
  ): Promise<Response> => {
    const allowed = auth({
      access: "read",
      resource: undefined,
      token: bearer(context),
      isLocal: isLocalRequest(context)
    })
    const exit = await runtime.runPromiseExit(
      Effect.andThen(allowed, page).pipe(
        Effect.map((body) => context.html(body, 200, { "content-security-policy": pageSecurity })),
        Effect.catchTag("StoreError", (error) => Effect.succeed(errorReply(fromStoreError(error)))),
        Effect.catchTag("ApiError", (error) => Effect.succeed(errorReply(error)))
      )
    )
    return Exit.isSuccess(exit) ? exit.value : errorReply(apiError("INTERNAL", { reference: "page" }))
  }
  api.app.get("/packages.css", (context) =>
    context.body(packageStyle, 200, { "content-type": "text/css; charset=utf-8" })
  )
  api.app.get("/packages", (context) => serve(context, listPage))
  api.app.get("/packages/:scope/:name", (context) => {
    const { name, scope } = context.req.param()
    return serve(context, onePage(`${scope}/${name}`, context.req.query("version")))
  })
}

const listPage = Packages.use((packages) => packages.list({ limit: 1000 })).pipe(
  Effect.map(({ packages }) => packagesPage(packages))
)

const onePage = Effect.fnUntraced(function* (name: string, version: string | undefined) {
  if (!Schema.is(PackageName)(name)) return yield* apiError("PACKAGE_UNKNOWN", { package: name })
  const packages = yield* Packages
  const detail = yield* packages.get(name)
  const wanted = version ?? detail.latest ?? detail.versions[0]?.version ?? ""
  const shown = yield* packages.version(name, wanted)
  const { readmeHtml } = yield* loadReadmeHtml
  return packagePage({ detail, shown, readmeHtml: shown.readme === null ? "" : readmeHtml(shown.readme) })
})
