import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { printJson } from "../../terminal/print.ts"
import { connect } from "../connect.ts"
import { loadPackages } from "../load.ts"

/** `millrace dashboard PACKAGE[@VERSION]` */
export const dashboardCommand = Command.make(
  "dashboard",
  {
    package: Argument.String("package").pipe(
      Argument.withDescription("@scope/name, with @RANGE as you like; default: the highest version")
    ),
    rules: Flag.Boolean("rules").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Print its alert rules for Prometheus instead")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { packageReference } = yield* loadPackages
      const { name, range, scope } = yield* packageReference(input.package)
      const { json, observe, registry } = yield* connect
      const query = range === undefined ? {} : { range }
      const { version } = yield* registry.resolvePackage({ params: { scope, name }, query })
      const params = { scope, name, version }
      if (!input.rules) return yield* Console.log((yield* observe.packageGrafana({ params })).trimEnd())
      const rules = yield* observe.packageRules({ params })
      return yield* json
        ? printJson({ package: `${scope}/${name}`, version, rules })
        : Console.log(rules.trimEnd())
    })
).pipe(
  Command.withDescription("Print the Grafana dashboard that was generated for a package's version, JSON"),
  Command.withExamples([
    { command: "millrace dashboard @millrace/filter > filter.json", description: "Import it in Grafana" },
    {
      command: "millrace dashboard @acme/movies@1.2.0 --rules > movies.rules.yml",
      description: "Its alert rules, for Prometheus"
    }
  ])
)
