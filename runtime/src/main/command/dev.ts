import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { loadDev } from "./load.ts"
import { numberFlag } from "./number-flag.ts"
import { root } from "./root.ts"

/** `millrace dev [ENTRY]` */
export const devCommand = Command.make(
  "dev",
  {
    entry: Argument.String("entry").pipe(
      Argument.withDefault("."),
      Argument.withDescription(
        "A project's folder, or one TypeScript file that exports a plugin; default: here"
      )
    ),
    plugin: Flag.String("plugin").pipe(
      Flag.withMetavar("NAME"),
      Flag.optional,
      Flag.withDescription("The plugin to work on, where the module exports several")
    ),
    with: Flag.String("with").pipe(
      Flag.withMetavar("KEY=VALUE|FILE"),
      Flag.atLeast(0),
      Flag.withDescription("The plugin's config: key=value, or a YAML or JSON file; again for more")
    ),
    records: Flag.String("records").pipe(
      Flag.withMetavar("[INPUT=]FILE"),
      Flag.atLeast(0),
      Flag.withDescription(
        "Records of yours, one JSON object a line or one array; default: made up from the contract"
      )
    ),
    from: Flag.String("from").pipe(
      Flag.withMetavar("STREAM[@URL]"),
      Flag.optional,
      Flag.withDescription("Take records from a stream, or PIPELINE.NODE, of a running platform")
    ),
    rate: numberFlag("rate", 1, 1_000_000).pipe(
      Flag.optional,
      Flag.withDescription("Records per second; default: 5 that are made up, or all of yours at once")
    ),
    count: numberFlag("count", 1, 1_000_000_000).pipe(
      Flag.optional,
      Flag.withDescription("Feed so many records and wait; default: made-up records come without end")
    ),
    port: numberFlag("port", 0, 65_535).pipe(
      Flag.withDefault(0),
      Flag.withDescription("Port of the status page; default: any that is free")
    ),
    grant: Flag.Boolean("grant").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Grant every permission that the plugin asks for, now and in later edits")
    )
  },
  (input) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { data, json } = yield* root
        const path = yield* Path.Path
        const { runDev } = yield* loadDev
        yield* runDev({
          entry: input.entry,
          plugin: Option.getOrUndefined(input.plugin),
          config: input.with,
          records: input.records,
          from: Option.getOrUndefined(input.from),
          rate: Option.getOrUndefined(input.rate),
          count: Option.getOrUndefined(input.count),
          port: input.port,
          data: path.resolve(Option.getOrElse(data, () => ".millrace/dev")),
          grant: input.grant,
          json
        })
      })
    )
).pipe(
  Command.withDescription(
    "Work on a plugin: runs it in the sandbox on sample records, shows what it makes of them, and takes each save over between two batches without losing or repeating a record.\n\nKeys: r feeds the records again, c clears its state, s shows the status page's address, q quits."
  ),
  Command.withExamples([
    {
      command: "millrace dev",
      description: "The project in this folder, on records made up from its contract"
    },
    { command: "millrace dev top-rated.ts --with minRating=7", description: "A single file, with a config" },
    { command: "millrace dev --records samples.ndjson", description: "On records of yours" },
    { command: "millrace dev --plugin merge --records orders=orders.json --rate 100 --json" },
    {
      command: "millrace dev --from studio.movies@http://localhost:4000",
      description: "On the records of a running platform"
    }
  ])
)
