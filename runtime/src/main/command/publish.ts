import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { connect } from "./connect.ts"
import { loadPublishing } from "./load.ts"

/** `millrace publish [FOLDER]` */
export const publishCommand = Command.make(
  "publish",
  {
    folder: Argument.String("folder").pipe(
      Argument.withDefault("."),
      Argument.withDescription("A package's folder, or a folder of packages; default: this one")
    )
  },
  ({ folder }) =>
    Effect.flatMap(connect, (connection) =>
      Effect.flatMap(loadPublishing, ({ publishFolder }) => publishFolder(connection, folder))
    )
).pipe(
  Command.withDescription(
    "Build a package and publish it to the registry. A version that is there unchanged is left alone"
  ),
  Command.withExamples([
    { command: "millrace publish" },
    { command: "millrace publish plugins", description: "Every package in the folder" }
  ])
)
