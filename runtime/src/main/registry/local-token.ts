import { Tokens } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"

/**
 * The operator's token of this data folder, readable by its owner alone: made at the first start, kept while it is in
 * force. Who can read the folder is the operator.
 */
export const localToken = Effect.fn("localToken")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const tokens = yield* Tokens
  const file = path.join(folder, "token")
  const kept = yield* Effect.option(fs.readFileString(file))
  if (Option.isSome(kept) && (yield* tokens.find(kept.value.trim())) !== undefined) return kept.value.trim()
  const issued = yield* tokens.issue(
    { name: "local", scopes: ["admin", "publish", "schemas", "pipelines", "grants"] },
    "platform"
  )
  yield* fs.writeFileString(`${file}.new`, `${issued.token}\n`, { mode: 0o600 })
  yield* fs.rename(`${file}.new`, file)
  return issued.token
})
