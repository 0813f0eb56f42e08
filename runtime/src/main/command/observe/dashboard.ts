import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson } from "../../terminal/print.ts"
import { connect } from "../connect.ts"
import { loadPackages } from "../load.ts"

const input = {
  package: Argument.String("package").pipe(
    Argument.optional,
    Argument.withDescription("@scope/name, with @RANGE as you like; default: the highest version")
  ),
  rules: Flag.Boolean("rules").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print its alert rules for Prometheus instead")
  ),
  pipeline: Flag.Boolean("pipeline").pipe(
    Flag.withDefault(false),
    Flag.withDescription(
      "Print the dashboard of pipelines instead of a package's: one, which is chosen in Grafana"
    )
  ),
  platform: Flag.Boolean("platform").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print the dashboard of the platform instead of a package's")
  )
}

/** `millrace dashboard PACKAGE[@VERSION]`, `--pipeline`, `--platform` */
export const dashboardCommand = Command.make(
  "dashboard",
  input,
  ({ package: named, pipeline, platform, rules }) => {
    const wanted = [Option.isSome(named), pipeline, platform].filter(Boolean).length
    if (wanted !== 1 || (rules && Option.isNone(named))) return usage
    return Effect.gen(function* () {
      if (Option.isSome(named)) return yield* ofPackage(named.value, rules)
      const { observe } = yield* connect
      const json = yield* platform ? observe.platformGrafana({}) : observe.pipelineGrafana({})
      return yield* Console.log(json.trimEnd())
    })
  }
).pipe(
  Command.withDescription(
    "Print a generated Grafana dashboard, JSON: of a package's version, of any pipeline, or of the platform"
  ),
  Command.withExamples([
    { command: "millrace dashboard @millrace/filter > filter.json", description: "Import it in Grafana" },
    { command: "millrace dashboard --pipeline > pipeline.json" },
    { command: "millrace dashboard --platform > platform.json" },
    {
      command: "millrace dashboard @acme/movies@1.2.0 --rules > movies.rules.yml",
      description: "Its alert rules, for Prometheus"
    }
  ])
)

const usage = Effect.fail(
  new CommandError({
    code: "USAGE",
    message: "dashboard takes one of a package, --pipeline and --platform; --rules goes with a package",
    where: "dashboard",
    remedy: "write it like: millrace dashboard @millrace/filter, or millrace dashboard --platform",
    exit: exitCode.usage
  })
)

const ofPackage = Effect.fnUntraced(function* (reference: string, isRules: boolean) {
  const { packageReference } = yield* loadPackages
  const { name, range, scope } = yield* packageReference(reference)
  const { json, observe, registry } = yield* connect
  const query = range === undefined ? {} : { range }
  const { version } = yield* registry.resolvePackage({ params: { scope, name }, query })
  const params = { scope, name, version }
  if (!isRules) return yield* Console.log((yield* observe.packageGrafana({ params })).trimEnd())
  const rules = yield* observe.packageRules({ params })
  return yield* json
    ? printJson({ package: `${scope}/${name}`, version, rules })
    : Console.log(rules.trimEnd())
})
