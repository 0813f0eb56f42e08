import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ProjectError } from "./build-error.ts"
import type { PackageOptions } from "./build-package.ts"

const PackageJson = Schema.fromJsonString(
  Schema.Struct({
    name: Schema.String,
    version: Schema.String,
    description: Schema.optionalKey(Schema.String),
    license: Schema.optionalKey(Schema.String),
    /** `{ "entry": "src/index.ts" }`: the module that exports the plugins; that is the default. */
    millrace: Schema.optionalKey(Schema.Struct({ entry: Schema.optionalKey(Schema.String) }))
  })
)

/** What `buildPackage` needs of a project's folder: its package.json and README.md. */
export const readProject = Effect.fn("readProject")(function* (folder: string) {
  const file = join(folder, "package.json")
  const refused = (reason: string, remedy: string) => new ProjectError({ file, reason, remedy })
  const text = yield* Effect.try({
    try: () => readFileSync(file, "utf8"),
    catch: () => refused("it cannot be read", "Run this in a plugin's project.")
  })
  const json = yield* Effect.mapError(Schema.decodeUnknownEffect(PackageJson)(text), ({ message }) =>
    refused(message, "Correct package.json.")
  )
  const entry = join(folder, json.millrace?.entry ?? "src/index.ts")
  if (!existsSync(entry)) {
    return yield* refused(`there is no ${entry}`, 'Name the module: "millrace": { "entry": "…" }.')
  }
  const readme = join(folder, "README.md")
  const { name, version, description, license } = json
  return {
    entry,
    name,
    version,
    description,
    license,
    readme: existsSync(readme) ? readFileSync(readme, "utf8") : undefined
  } satisfies Omit<PackageOptions, "readManifest">
})
