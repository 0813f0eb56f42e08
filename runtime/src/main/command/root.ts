import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"

/** Flags that every command takes. */
const shared = {
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print one JSON document (or one a line, for streams) instead of text")
  ),
  data: Flag.String("data").pipe(
    Flag.withMetavar("FOLDER"),
    Flag.optional,
    Flag.withDescription("Data folder of the platform; default: the nearest .millrace")
  ),
  url: Flag.String("url").pipe(
    Flag.withMetavar("URL"),
    Flag.optional,
    Flag.withDescription(
      "Address of a running platform, with the token in MILLRACE_TOKEN; default: the one of the data folder"
    )
  )
}

/** The program itself; commands read the shared flags by yielding it. */
export const root = Command.make("millrace").pipe(
  Command.withSharedFlags(shared),
  Command.withDescription(
    "Moves and processes data: typed plugins, sandboxed, composed in pipelines, exactly-once on an embedded log.\n\n  Exit codes\n    0   done\n    1   failed\n    2   plan: something would change\n    64  wrong usage\n    65  bad input\n    69  a platform or tool is not there\n    77  not permitted"
  ),
  Command.withExamples([
    { command: "millrace up", description: "Start the platform in this folder" },
    {
      command: "millrace plan movies.pipeline.yaml",
      description: "Show what applying the pipeline would change"
    },
    {
      command: "millrace apply movies.pipeline.yaml --grant",
      description: "Apply it, granting the permissions that plan shows"
    },
    { command: "millrace status", description: "Show what runs" }
  ])
)
