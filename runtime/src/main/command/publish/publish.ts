import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { connect } from "../connect.ts"
import { loadPublishing } from "../load.ts"

/** `millrace publish [FOLDER]` */
export const publishCommand = Command.make(
  "publish",
  {
    folder: Argument.String("folder").pipe(
      Argument.withDefault("."),
      Argument.withDescription("A package's folder, or a folder of packages; default: this one")
    ),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Make all the registry's checks, show what would happen, and publish nothing")
    ),
    yes: Flag.Boolean("yes").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Ask nothing, not even when permissions widen")
    ),
    bump: Flag.Boolean("bump").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Raise the version in package.json to the smallest that the changes allow")
    )
  },
  (options) =>
    Effect.flatMap(connect, (connection) =>
      Effect.flatMap(loadPublishing, ({ publishFolder }) => publishFolder(connection, options))
    )
).pipe(
  Command.withDescription(
    "Build a package, show what changed since its last version and whom it concerns, and publish it to the registry. A version that is there unchanged is left alone"
  ),
  Command.withExamples([
    { command: "millrace publish" },
    { command: "millrace publish --dry-run", description: "What it would mean, without doing it" },
    { command: "millrace publish --bump", description: "As the smallest version that its changes allow" },
    { command: "millrace publish plugins", description: "Every package in the folder" }
  ])
)
