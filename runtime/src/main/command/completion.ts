import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"

/** `millrace completion SHELL`: the script that completes the given command tree. */
export const completionCommand = (tree: () => Command.Command.Any) =>
  Command.make(
    "completion",
    { shell: Argument.Literals("shell", ["bash", "zsh", "fish", "powershell"]) },
    ({ shell }) =>
      Effect.suspend(() =>
        Console.log(Completions.generate("millrace", shell, Completions.fromCommand(tree())))
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
