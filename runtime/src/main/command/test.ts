import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { loadTests } from "./load.ts"
import { numberFlag } from "./number-flag.ts"
import { root } from "./root.ts"

/** `millrace test [PATHS]` */
export const testCommand = Command.make(
  "test",
  {
    paths: Argument.String("paths").pipe(
      Argument.variadic(),
      Argument.withDescription("Fixture files, modules that have some beside them, or folders; default: here")
    ),
    filter: Flag.String("filter").pipe(
      Flag.withAlias("f"),
      Flag.withMetavar("TEXT"),
      Flag.optional,
      Flag.withDescription("Only cases with this text in file, name or plugin")
    ),
    update: Flag.Boolean("update").pipe(
      Flag.withAlias("u"),
      Flag.withDefault(false),
      Flag.withDescription("Write what came where it is not what was expected; comments stay")
    ),
    watch: Flag.Boolean("watch").pipe(
      Flag.withAlias("w"),
      Flag.withDefault(false),
      Flag.withDescription("Run again what a change touches, until Ctrl-C")
    ),
    runs: numberFlag("runs", 0, 10_000).pipe(
      Flag.withDefault(3),
      Flag.withDescription("Batches of generated records for each processor whose cases pass; default: 3")
    ),
    conformance: Flag.Boolean("conformance").pipe(
      Flag.withAlias("c"),
      Flag.withDefault(false),
      Flag.withDescription("Try plugins on the rules of their kind: kills, failing requests, damaged input")
    ),
    seed: numberFlag("seed", 0, 2_147_483_647).pipe(
      Flag.withDefault(0),
      Flag.withDescription("Other generated records; default: 0")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { json } = yield* root
      const { runTests } = yield* loadTests
      yield* runTests({
        paths: input.paths.length === 0 ? ["."] : input.paths,
        filter: Option.getOrUndefined(input.filter),
        update: input.update,
        watch: input.watch,
        runs: input.runs,
        seed: input.seed,
        conformance: input.conformance,
        json
      })
    })
).pipe(
  Command.withDescription(
    "Run plugins on fixtures: every *.fixture.yaml and *.fixture.json below the paths, in the sandbox. Each case runs whole, and again cut into single records with a fresh memory for each, as after a kill. Then each processor gets records that are generated from its input's contract: it may fail them by errors of its own, and must otherwise give what fits, the same again.\n\nWith --conformance each plugin is tried on the rules of its kind instead, in what the fixture's `conformance` says, its first case, or what can be made of its config and contract.\n\nExit code 1 when a case fails or a rule is broken, 65 when a fixture is wrong or missing."
  ),
  Command.withExamples([
    { command: "millrace test", description: "All fixtures below this folder" },
    { command: "millrace test src/index.fixture.yaml --filter refund" },
    { command: "millrace test --update", description: "Take what comes now as what is expected" },
    { command: "millrace test --runs 200 --seed 7", description: "A longer hunt on generated records" },
    {
      command: "millrace test --conformance",
      description: "The rules that every plugin of its kind holds to"
    },
    { command: "millrace test --watch" }
  ])
)
