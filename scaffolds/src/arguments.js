import { parseArgs } from "node:util"
import { CreateError } from "./create-error.js"
import { templateNames, templates } from "./templates.js"

const options = {
  template: { type: "string", short: "t" },
  name: { type: "string" },
  scope: { type: "string" },
  pm: { type: "string" },
  install: { type: "boolean", default: true },
  git: { type: "boolean", default: true },
  yes: { type: "boolean", short: "y", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", short: "v", default: false }
}

/** The arguments, checked. @param {readonly string[]} args */
export function readArguments(args) {
  const { positionals, values } = parsed(args)
  if (positionals.length > 1) throw usage(`one name only, not ${positionals.join(" and ")}`)
  if (positionals.length === 1 && values.name !== undefined) throw usage("the name was given twice")
  if (values.template !== undefined && !templateNames.includes(values.template))
    throw usage(`there is no template ${JSON.stringify(values.template)}`, templateNames.join(", "))
  const pm = values.pm ?? ownManager()
  if (!["npm", "pnpm", "yarn"].includes(pm))
    throw usage(`there is no package manager ${JSON.stringify(pm)}`, "npm, pnpm, yarn")
  return { ...values, name: values.name ?? positionals[0], pm }
}

function parsed(args) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, allowNegative: true })
  } catch (error) {
    throw usage(error instanceof Error ? error.message.split(". ")[0] : String(error))
  }
}

const usage = (message, choices) =>
  new CreateError({
    code: "USAGE",
    message,
    remedy: choices === undefined ? "see npm create processor -- --help" : `choose one of ${choices}`,
    exit: 64
  })

/** The manager that runs us says so. */
const ownManager = () => /^(pnpm|yarn)\//.exec(process.env.npm_config_user_agent ?? "")?.[1] ?? "npm"

export const help = `create-processor: makes a Millrace plugin project that compiles and passes its tests at once

USAGE
  npm create processor [NAME] [-- FLAGS]

NAME is the folder and the name of the package: my-filter, or @acme/my-filter.

FLAGS
  -t, --template T  What to begin with; default: processor
${templates.map(({ hint, name }) => `                      ${name.padEnd(10)} ${hint}`).join("\n")}
      --name NAME   The same as NAME
      --scope S     Whose package it is: @S/NAME; default: your user name
      --pm PM       npm, pnpm or yarn; default: the one that runs this
      --no-install  Write the project, install nothing
      --no-git      Make no git repository
  -y, --yes         Ask nothing
      --json        Print one line of JSON
  -h, --help        Print this
  -v, --version     Print the version

EXAMPLES
  npm create processor
  npm create processor my-filter -- --yes
  npm create processor @acme/visits -- --template keyed --no-git
`
