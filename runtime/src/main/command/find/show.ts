import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import type { Connection } from "../connect.ts"
import { connect } from "../connect.ts"
import { loadPackages } from "../load.ts"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson, printLines } from "../../terminal/print.ts"
import { printable } from "../../terminal/style.ts"

const what = Argument.String("package").pipe(
  Argument.withDescription("@scope/name, with @VERSION and #PLUGIN as you like; or a subject, with @VERSION")
)

/** `millrace show PACKAGE[@VERSION][#PLUGIN]` */
export const showCommand = Command.make("show", { what }, (input) =>
  Effect.flatMap(connect, (connection) =>
    input.what.startsWith("@") ? showPackage(connection, input.what) : showSubject(connection, input.what)
  )
).pipe(
  Command.withDescription(
    "Show a package's versions, contracts, config, permissions and users; or a subject's fields"
  ),
  Command.withExamples([
    { command: "millrace show @millrace/filter", description: "Its highest version" },
    { command: "millrace show @acme/movies@1.2.0#top-rated", description: "One plugin of one version" },
    {
      command: "millrace show studio.movies",
      description: "The versions of a subject, and the newest's fields"
    }
  ])
)

const showPackage = Effect.fn("showPackage")(function* (
  { client, json, registry }: Connection,
  text: string
) {
  const { packageLines, packageReference, usesOf } = yield* loadPackages
  const { full, name, plugin, range, scope } = yield* packageReference(text)
  const detail = yield* registry.getPackage({ params: { scope, name } })
  const { version } =
    range === undefined
      ? { version: detail.latest ?? detail.versions[0]?.version ?? "" }
      : yield* registry.resolvePackage({ params: { scope, name }, query: { range } })
  const shown = yield* registry.getVersion({ params: { scope, name, version } })
  const plugins = shown.manifest.plugins.filter((each) => plugin === undefined || each.name === plugin)
  if (plugins.length === 0)
    return yield* noPlugin(
      full,
      plugin ?? "",
      shown.manifest.plugins.map((each) => each.name)
    )
  const { pipelines } = yield* client.platformStatus({})
  const uses = usesOf(full, pipelines)
  if (json)
    return yield* printJson({
      ...shown,
      manifest: { ...shown.manifest, plugins },
      versions: detail.versions,
      uses
    })
  return yield* printLines(packageLines(detail, shown, plugins, uses).map(printable))
})

const noPlugin = (name: string, plugin: string, plugins: readonly string[]) =>
  new CommandError({
    code: "PLUGIN_UNKNOWN",
    message: `${name} has no plugin ${plugin}`,
    remedy: `choose one of ${plugins.join(", ")}`,
    exit: exitCode.failed
  })

const showSubject = Effect.fn("showSubject")(function* ({ json, registry }: Connection, text: string) {
  const { schemaLines } = yield* loadPackages
  const [subject = "", version = "latest"] = text.split("@")
  const line = yield* registry.listSubjectVersions({ params: { subject } })
  const shown = yield* registry.getSubjectVersion({ params: { subject, version } })
  if (json) return yield* printJson({ ...line, shown })
  return yield* printLines(
    [
      `${subject}@${shown.version}, compatibility ${line.compatibility}, key ${shown.key.join(", ") || "none"}, schema id ${shown.id}`,
      ...schemaLines(shown.schema).map((each) => `  ${each}`),
      "",
      "Versions",
      ...line.versions
        .toReversed()
        .map(
          (each) => `  ${each.version}  ${new Date(each.registeredAt).toISOString()} by ${each.registeredBy}`
        )
    ].map(printable)
  )
})
