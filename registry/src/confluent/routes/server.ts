import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow } from "../../store/database.ts"
import type { Route } from "../route.ts"

const InstallationRow = Schema.Struct({ id: Schema.String })

/** What the server is. */
export const serverRoutes = (version: string): readonly Route[] => [
  { method: "GET", path: "/", access: "read", handle: () => Effect.succeed({ json: {} }) },
  {
    method: "GET",
    path: "/v1/metadata/id",
    access: "read",
    handle: Effect.fnUntraced(function* () {
      const row = yield* decodedRow(InstallationRow, "SELECT id FROM installation")
      const clusters = { "kafka-cluster": "", "schema-registry-cluster": row?.id ?? "" }
      return { json: { id: "", scope: { path: [], clusters } } }
    })
  },
  {
    method: "GET",
    path: "/v1/metadata/version",
    access: "read",
    handle: () => Effect.succeed({ json: { version, commitId: "" } })
  }
]
