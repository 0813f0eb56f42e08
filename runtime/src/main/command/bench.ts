import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { loadBench } from "./load.ts"
import { numberFlag } from "./number-flag.ts"
import { root } from "./root.ts"

/** A plugin's name has neither a slash nor a dot. What has is a path, and behind its # stands the name. */
const isPath = (given: string): boolean => /[/\\.]/.test(given)

/** `millrace bench [PLUGIN]` */
export const benchCommand = Command.make(
  "bench",
  {
    plugin: Argument.String("plugin").pipe(
      Argument.optional,
      Argument.withDescription(
        "The processor or function, where the package has several; or a folder or file, in place of --folder: plugins/mask, late.ts#late-orders"
      )
    ),
    folder: Flag.String("folder").pipe(
      Flag.withMetavar("PATH"),
      Flag.withDefault("."),
      Flag.withDescription("A project's folder, or one TypeScript file that exports plugins; default: here")
    ),
    with: Flag.String("with").pipe(
      Flag.withMetavar("KEY=VALUE|FILE"),
      Flag.atLeast(0),
      Flag.withDescription("The plugin's config: key=value, or a YAML or JSON file; again for more")
    ),
    input: Flag.String("input").pipe(
      Flag.withMetavar("[INPUT=]FILE"),
      Flag.atLeast(0),
      Flag.withDescription(
        "Records of yours, one JSON object a line or one array; default: generated from the contract"
      )
    ),
    records: numberFlag("records", 1, 1_000_000).pipe(
      Flag.withDefault(20_000),
      Flag.withDescription("Different records of each input; they come again and again; default: 20,000")
    ),
    seconds: numberFlag("seconds", 1, 600).pipe(
      Flag.withDefault(5),
      Flag.withDescription("How long to measure, once it is warm; default: 5")
    ),
    seed: numberFlag("seed", 0, 2_147_483_647).pipe(
      Flag.withDefault(0),
      Flag.withDescription("Other generated records; default: 0")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { data, json } = yield* root
      const path = yield* Path.Path
      const { runBench } = yield* loadBench
      const given = Option.getOrUndefined(input.plugin)
      const [place, named] = given !== undefined && isPath(given) ? given.split("#", 2) : [".", given]
      yield* runBench(
        {
          plugin: named,
          folder: path.resolve(input.folder, place),
          config: input.with,
          input: input.input,
          records: input.records,
          seconds: input.seconds,
          seed: input.seed,
          json
        },
        path.resolve(Option.getOrElse(data, () => ".millrace"))
      )
    })
).pipe(
  Command.withDescription(
    "Measure a processor: records per second of CPU, latency, memory, and where the time goes (codec, body, hop, commit), with the first thing to change. It runs in the sandbox as in a pipeline, on records generated from its contract or on yours, and what it gives is committed to a log of its own, which is thrown away.\n\nOnly figures of one run on a quiet machine can be compared. Nothing outside is reached: a plugin that calls HTTP fails here.\n\nExit code 1 when every record fails, 65 when the plugin or its records cannot be read."
  ),
  Command.withExamples([
    { command: "millrace bench", description: "The only processor of this folder's package" },
    {
      command: "millrace bench top-rated --with minRating=7 --seconds 20",
      description: "For steadier figures"
    },
    { command: "millrace bench top-rated --input movies.ndjson", description: "On records of yours" },
    { command: "millrace bench ./plugins/mask --input people.ndjson", description: "Another folder's" },
    {
      command: "millrace bench src/late.ts#late-orders --json",
      description: "Of a single file, for a program"
    }
  ])
)
