import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import type { HelpDoc } from "effect/cli/HelpDoc"
import { millrace } from "../../../runtime/src/main/command/millrace.ts"
import { Ending, makeEnding } from "../../../runtime/src/main/terminal/ending.ts"

/** A command with its help, as the program itself would print it. */
export interface CommandHelp {
  /** `["millrace", "topic", "read"]` */
  readonly path: readonly string[]
  readonly help: HelpDoc
}

const helpOf = async (path: readonly string[]): Promise<HelpDoc> => {
  const seen = Ref.makeUnsafe<HelpDoc | undefined>(undefined)
  const presenter = CliOutput.layerPresenter({
    present: (event) => ("helpDoc" in event ? Ref.set(seen, event.helpDoc) : Effect.void)
  })
  const program = Effect.gen(function* () {
    const ending = yield* makeEnding
    yield* Command.runWith(millrace, { version: "" })([...path.slice(1), "--help"]).pipe(
      Effect.provideService(Ending, ending),
      Effect.provide(presenter),
      Effect.exit
    )
  })
  await Effect.runPromise(program.pipe(Effect.provide(NodeServices.layer)))
  const help = Ref.getUnsafe(seen)
  if (help === undefined) throw new Error(`${path.join(" ")} has no help`)
  return help
}

/** The program and all its commands, each before its subcommands. */
export const allCommands = async (
  path: readonly string[] = ["millrace"]
): Promise<readonly CommandHelp[]> => {
  const help = await helpOf(path)
  const below: CommandHelp[] = []
  for (const { commands } of help.subcommands ?? [])
    for (const { name } of commands) below.push(...(await allCommands([...path, name])))
  return [{ path, help }, ...below]
}

/** The names of the commands, each with those of its subcommands. */
export const commandPaths = (): ReadonlyMap<string, readonly string[]> =>
  new Map(named(millrace).map((command) => [command.name, named(command).map(({ name }) => name)]))

const named = (command: Command.Command.Any): readonly Command.Command.Any[] =>
  command.subcommands.flatMap(({ commands }) => commands)
