import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { ApiError, PublishReport } from "@millrace/sdk/api"
import type { BuiltPackage } from "@millrace/sdk/build"
import { describePermission } from "@millrace/sdk/permission"
import { SandboxPool } from "@millrace/sandbox"
import { Failpoint } from "../../../telemetry/failpoint.ts"
import { askYes, canAsk } from "../../terminal/ask.ts"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printLines, say } from "../../terminal/print.ts"
import { sandboxOptions } from "../../sandbox-options.ts"
import type { Connection } from "../connect.ts"
import { buildFolder, packageFolders } from "../package-folder.ts"
import { raiseVersion } from "./raise-version.ts"
import { reportText } from "./report-text.ts"

export interface PublishOptions {
  readonly folder: string
  /** Make all checks and show what would happen. */
  readonly dryRun: boolean
  /** Consent to wider permissions beforehand. */
  readonly yes: boolean
  /** Raise the version in package.json to the smallest that the changes allow. */
  readonly bump: boolean
}

/** Builds and publishes every package at a path. A version that is there with the same bytes is left alone. */
export const publishFolder = Effect.fn("publishFolder")(function* (
  connection: Connection,
  options: PublishOptions
) {
  const folders = yield* packageFolders(options.folder)
  // Several at a time, but no questions at the same time.
  const concurrency = canAsk(connection.json) ? 1 : 2
  yield* Effect.forEach(folders, (folder) => publishOne(connection, { ...options, folder }), {
    discard: true,
    concurrency
  }).pipe(Effect.provide(SandboxPool.layer(sandboxOptions)))
})

const publishOne = Effect.fnUntraced(function* (connection: Connection, options: PublishOptions) {
  const { built, report } = yield* prepared(connection, options)
  if (report === undefined) return yield* told(connection, built, undefined, "unchanged")
  if (!connection.json) yield* printLines(reportText(report))
  if (!report.isAllowed) return yield* report.isTaken ? changed(report) : tooSmall(report)
  if (options.dryRun) return yield* told(connection, built, report, "checked")
  yield* consent(report, built, { yes: options.yes, json: connection.json })
  yield* connection.registry.publishVersion({ params: paramsOf(built), body: built.archive })
  return yield* told(connection, built, report, "published")
})

/** The package, built and checked by the registry; with `bump`, as the smallest version that its changes allow. */
const prepared = Effect.fnUntraced(function* (connection: Connection, options: PublishOptions) {
  const built = yield* buildFolder(options.folder)
  const failpoint = yield* Failpoint
  failpoint("publish")
  const report = yield* examine(connection, built)
  if (report === undefined || report.isAllowed || options.dryRun) return { built, report }
  if (!options.bump && !(yield* offersBump(connection, report))) return { built, report }
  yield* raiseVersion(options.folder, report.version, report.smallest)
  yield* say(`${report.name}: version ${report.smallest} written into package.json`)
  const raised = yield* buildFolder(options.folder)
  return { built: raised, report: yield* examine(connection, raised) }
})

/** Whoever sits at a terminal is asked, with the differences in sight. */
const offersBump = Effect.fnUntraced(function* ({ json }: Connection, report: PublishReport) {
  if (!canAsk(json)) return false
  yield* printLines(reportText(report))
  return yield* askYes(`Write version ${report.smallest} into package.json and publish that?`)
})

/** All the server's checks; undefined when the registry has this very archive. */
const examine = Effect.fnUntraced(function* ({ registry }: Connection, built: BuiltPackage) {
  return yield* registry
    .checkVersion({ params: paramsOf(built), body: built.archive })
    .pipe(
      Effect.catchTag("ApiError", (error: ApiError) =>
        error.code === "VERSION_EXISTS" ? Effect.succeed(undefined) : Effect.fail(error)
      )
    )
})

/** Nobody publishes a package that asks for more without having seen it. */
const consent = Effect.fnUntraced(function* (
  report: PublishReport,
  built: BuiltPackage,
  { json, yes }: { readonly json: boolean; readonly yes: boolean }
) {
  const asked =
    report.previous === null
      ? built.manifest.plugins.flatMap(({ name, permissions }) =>
          permissions.map(({ permission }) => `${name}: ${describePermission(permission)}`)
        )
      : report.changes.filter(({ widens }) => widens).map(({ plugin, text }) => `${plugin} ${text}`)
  // The first version widens nothing that anybody has granted.
  const needsConsent = report.previous !== null && asked.length > 0
  const isAsked = canAsk(json)
  if (yes || (!needsConsent && !isAsked)) return
  if (!isAsked) return yield* widens(report.name, asked)
  const what = asked.length === 0 ? "" : `, which asks to:\n  ${asked.join("\n  ")}\n`
  const agreed = yield* askYes(`Publish ${report.name}@${report.version}${what}?`)
  if (!agreed) return yield* notAgreed(report)
})

const told = Effect.fnUntraced(function* (
  { json }: Connection,
  { archive, integrity, manifest: { name, version } }: BuiltPackage,
  report: PublishReport | undefined,
  outcome: "checked" | "published" | "unchanged"
) {
  if (json)
    return yield* Console.log(
      JSON.stringify({
        name,
        version,
        integrity,
        published: outcome === "published",
        ...(report === undefined ? {} : { report })
      })
    )
  const texts = {
    checked: "would be published; nothing was",
    published: "published",
    unchanged: "is there already, unchanged"
  }
  return yield* Console.log(`${name}@${version} ${texts[outcome]} (${archive.length} bytes)`)
})

const paramsOf = ({ manifest }: BuiltPackage) => {
  const [scope = "", name = ""] = manifest.name.split("/")
  return { scope, name, version: manifest.version }
}

const changed = ({ name, smallest, version }: PublishReport) =>
  new CommandError({
    code: "VERSION_EXISTS",
    message: `${name}@${version} was published before, with other content; versions never change`,
    where: "the version in package.json",
    remedy: `publish it as ${smallest}: \`millrace publish --bump\` writes that`,
    exit: exitCode.failed
  })

const tooSmall = ({ name, previous, required, smallest, version }: PublishReport) =>
  new CommandError({
    code: "VERSION_TOO_SMALL",
    message: `${name}@${version} changes more than its number says: since ${previous ?? ""} it needs a ${required} step`,
    where: "the version in package.json",
    remedy: `publish it as ${smallest} (\`millrace publish --bump\` writes that), or undo the changes`,
    exit: exitCode.badInput
  })

const widens = (name: string, asked: readonly string[]) =>
  new CommandError({
    code: "PERMISSIONS_WIDER",
    message: `${name} asks for more than before: ${asked.join("; ")}`,
    remedy: "look at it with --dry-run, and publish with --yes if it is meant",
    exit: exitCode.notPermitted
  })

const notAgreed = ({ name, version }: PublishReport) =>
  new CommandError({
    code: "NOT_AGREED",
    message: `${name}@${version} was not published`,
    remedy: "publish it when you agree to what it asks for",
    exit: exitCode.notPermitted
  })
