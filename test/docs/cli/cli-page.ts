import * as Option from "effect/Option"
import type { ArgDoc, FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import { exitCode } from "../../../runtime/src/main/terminal/exit-code.ts"
import { cell, generatedNote } from "../markdown.ts"
import { allCommands, type CommandHelp } from "./commands.ts"

/** What each exit code says; a code that is not here does not compile. */
const exits: { readonly [name in keyof typeof exitCode]: string } = {
  done: "Done.",
  failed: "It failed; standard error has the error's code and remedy.",
  wouldChange: "`millrace plan`: applying would change something.",
  usage: "The command was written wrongly.",
  badInput: "A file or value that was given does not fit.",
  unavailable: "A platform or tool is not there.",
  notPermitted: "Not permitted: a token or a grant is missing."
}

const table = (heading: string, rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0
    ? []
    : [
        `| ${heading} | |`,
        "|---|---|",
        ...rows.map(([name = "", text = ""]) => `| ${name} | ${cell(text)} |`),
        ""
      ]

const described = (description: Option.Option<string>): string => Option.getOrElse(description, () => "")

const flagRow = (flag: FlagDoc): readonly string[] => {
  const value = flag.type === "boolean" ? "" : ` ${flag.type}`
  const names = [...flag.aliases, `--${flag.name.replace(/^--/, "")}${value}`]
  return [names.map((name) => `\`${name.replaceAll("|", "\\|")}\``).join(", "), described(flag.description)]
}

const argumentRow = (argument: ArgDoc): readonly string[] => [
  `\`${argument.name}\``,
  `${described(argument.description)}${argument.required ? "" : " (may be left out)"}${argument.variadic ? " (several)" : ""}`
]

const examples = ({ examples: all = [] }: HelpDoc): readonly string[] =>
  all.length === 0
    ? []
    : [
        "<!-- docs: skip the examples of the program's own help; the how-to guides run theirs -->",
        "",
        "```sh",
        ...all.map(({ command, description }) =>
          description === undefined ? command : `# ${description}\n${command}`
        ),
        "```",
        ""
      ]

const subcommands = ({ help: { subcommands: groups = [] }, path }: CommandHelp): readonly string[] =>
  table(
    "command",
    groups.flatMap(({ commands }) =>
      commands.map(({ description, name, shortDescription }) => {
        const whole = [...path.slice(1), name]
        return [`[\`${whole.join(" ")}\`](#millrace-${whole.join("-")})`, shortDescription ?? description]
      })
    )
  )

const section = (command: CommandHelp): string => {
  const { help, path } = command
  return [
    `${"#".repeat(path.length)} ${path.join(" ")}`.replace(/^# /, "## "),
    "",
    help.description,
    "",
    ...(path.length === 1 ? [] : ["```text", help.usage, "```", ""]),
    ...table("argument", (help.args ?? []).map(argumentRow)),
    ...table("flag", help.flags.filter(isOwn(path)).map(flagRow)),
    ...subcommands(command),
    ...examples(help)
  ].join("\n")
}

/** Flags of every command are told once, at the program. */
const isOwn = (path: readonly string[]) => (flag: FlagDoc) =>
  path.length === 1 || !["json", "data", "url"].includes(flag.name.replace(/^--/, ""))

/** docs/reference/cli.md. */
export const cliPage = async (): Promise<string> => {
  const [program, ...commands] = await allCommands()
  if (program === undefined) throw new Error("there is no program")
  const description = program.help.description.split("\n")[0] ?? ""
  return [
    "# The command line",
    "",
    generatedNote,
    "",
    "What a command prints is on standard output; progress and errors are on standard error. With `--json` both are JSON.",
    "Errors have codes: [errors.md](../errors.md).",
    "",
    "| exit code | |",
    "|---|---|",
    ...Object.entries(exits).map(
      ([name, text]) => `| ${Object.entries(exitCode).find(([key]) => key === name)?.[1]} | ${text} |`
    ),
    "",
    section({ ...program, help: { ...program.help, description } }),
    ...commands.map(section)
  ].join("\n")
}
