import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { connect } from "./connect.ts"
import { printPlan } from "./print-plan.ts"
import { problemsOf, readPipelineFile } from "./pipeline-file.ts"
import { endWith } from "../terminal/ending.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { printJson } from "../terminal/print.ts"

/** What names a pipeline and its variables; `plan`, `apply` and `run` share it. */
export const pipelineInput = {
  file: Argument.String("file").pipe(Argument.withDescription("Pipeline file (YAML)")),
  vars: Flag.KeyValuePair("var").pipe(
    Flag.withDefault({}),
    Flag.withDescription("Value for ${NAME} in the file")
  ),
  upgrade: Flag.Boolean("upgrade").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Take the newest versions in range instead of the lock's")
  ),
  discardState: Flag.Boolean("discard-state").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Let state begin empty that the new plan cannot read")
  ),
  from: Flag.String("from").pipe(
    Flag.withMetavar("PIPELINE/SAVEPOINT"),
    Flag.optional,
    Flag.withDescription("Begin as this savepoint says, instead of going on")
  ),
  canary: Flag.String("canary").pipe(
    Flag.withMetavar("PERCENT"),
    Flag.optional,
    Flag.withDescription("Try it on this share of the partitions of what changes, such as 25%")
  ),
  canaryPartitions: Flag.String("canary-partitions").pipe(
    Flag.withMetavar("LIST"),
    Flag.optional,
    Flag.withDescription("Try it on these partitions, such as 0,3")
  )
}

/** `millrace plan FILE` */
export const planCommand = Command.make(
  "plan",
  {
    ...pipelineInput,
    explain: Flag.Boolean("explain").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Show topics, chains and field lineage, and why")
    )
  },
  (input) =>
    Effect.gen(function* () {
      const { client, json } = yield* connect
      const request = yield* readPipelineFile(input.file, input)
      const answer = yield* client.plan({ body: request })
      if ("problems" in answer) return yield* problemsOf(input.file, answer.problems)
      if (json) yield* printJson(answer.plan)
      else yield* printPlan(answer.plan, input.explain)
      yield* endWith(answer.plan.wouldChange ? exitCode.wouldChange : exitCode.done)
    })
).pipe(
  Command.withDescription(
    "Check a pipeline and show what applying it would change. Exit code 2: something would"
  ),
  Command.withExamples([
    { command: "millrace plan movies.pipeline.yaml" },
    {
      command: "millrace plan movies.pipeline.yaml --explain",
      description: "Also which topics there will be, and why"
    },
    { command: "millrace plan movies.pipeline.yaml --var region=eu --json" }
  ])
)
