import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"

const folders: ReadonlySet<string> = new Set(["data", "out"])

/** A flag that takes any text is completed by files, as shells do by themselves: without a kind of value it would be by commands. */
const withValues = (command: Completions.CommandDescriptor): Completions.CommandDescriptor => ({
  ...command,
  flags: command.flags.map((flag) =>
    flag.type._tag === "String"
      ? { ...flag, type: { _tag: "Path", pathType: folders.has(flag.name) ? "directory" : "either" } }
      : flag
  ),
  subcommands: command.subcommands.map(withValues)
})

/** `millrace completion SHELL`: the script that completes the given command tree. */
export const completionCommand = (tree: () => Command.Command.Any) =>
  Command.make(
    "completion",
    {
      shell: Argument.Literals("shell", ["bash", "zsh", "fish", "powershell"]).pipe(
        Argument.withDescription("The shell that is to complete")
      )
    },
    ({ shell }) =>
      Effect.suspend(() =>
        Console.log(Completions.generate("millrace", shell, withValues(Completions.fromCommand(tree()))))
      )
  ).pipe(
    Command.withDescription("Print a completion script for a shell"),
    Command.withExamples([
      { command: "source <(millrace completion bash)", description: "For this bash" },
      {
        command: "millrace completion fish > ~/.config/fish/completions/millrace.fish",
        description: "For fish, for good"
      }
    ])
  )
