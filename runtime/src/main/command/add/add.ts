import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { printJson, printLines } from "../../terminal/print.ts"
import { printable } from "../../terminal/style.ts"
import { connect } from "../connect.ts"
import { loadPackages } from "../load.ts"
import { addContractCommand } from "./add-contract.ts"

const flags = {
  package: Argument.String("package").pipe(
    Argument.withDescription("@scope/name, with @RANGE and #PLUGIN as you like")
  ),
  to: Flag.String("to").pipe(
    Flag.withMetavar("FILE"),
    Flag.optional,
    Flag.withDescription("Pipeline file to add the node to; default: print the node")
  ),
  as: Flag.String("as").pipe(
    Flag.withMetavar("NODE"),
    Flag.optional,
    Flag.withDescription("Name of the node; default: that of the plugin")
  )
}

/** `millrace add PACKAGE[@RANGE]`, `millrace add contract …` */
export const addCommand = Command.make("add", flags, (input) =>
  Effect.gen(function* () {
    const { addPackage, packageReference } = yield* loadPackages
    const reference = yield* packageReference(input.package)
    const { json, registry } = yield* connect
    const { name, range, scope } = reference
    const query = range === undefined ? {} : { range }
    const resolved = yield* registry.resolvePackage({ params: { scope, name }, query })
    const added = yield* addPackage({
      reference,
      resolved,
      to: Option.getOrUndefined(input.to),
      as: Option.getOrUndefined(input.as)
    })
    if (json) return yield* printJson(added)
    if (added.file === null) return yield* printLines(added.lines)
    return yield* printLines([
      printable(`${added.file}: node ${added.node}, ${added.package}@${added.version}`),
      ...added.lines.filter((line) => line.trimStart().startsWith("#")).map((line) => printable(line))
    ])
  })
).pipe(
  Command.withDescription("Add a node of a package to a pipeline file, or take a contract into this project"),
  Command.withExamples([
    { command: "millrace add @millrace/filter", description: "Print the node and lock the package" },
    { command: "millrace add @millrace/filter@^1 --to movies.pipeline.yaml --as rated" },
    { command: "millrace add contract studio.movies", description: "Typed code of a contract" }
  ]),
  Command.withSubcommands([addContractCommand])
)
