import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { loadBuilding } from "./load.ts"
import { root } from "./root.ts"

/** `millrace build [FOLDER]` */
export const buildCommand = Command.make(
  "build",
  {
    folder: Argument.String("folder").pipe(
      Argument.withDefault("."),
      Argument.withDescription("A package's folder, or a folder of packages")
    ),
    out: Flag.String("out").pipe(
      Flag.withMetavar("FOLDER"),
      Flag.withDefault("dist"),
      Flag.withDescription("Where the archive goes, in the package's folder")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { json } = yield* root
      const { buildFolders } = yield* loadBuilding
      yield* buildFolders(input.folder, input.out, json)
    })
).pipe(
  Command.withDescription(
    "Bundle a package, read its manifest in the sandbox, and write its archive; the same files give the same bytes"
  ),
  Command.withExamples([
    { command: "millrace build" },
    { command: "millrace build plugins/filter --out /tmp/archives" }
  ])
)
