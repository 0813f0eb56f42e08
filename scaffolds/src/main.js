import { relative } from "node:path"
import { spinner } from "@clack/prompts"
import { help, readArguments } from "./arguments.js"
import { CreateError } from "./create-error.js"
import { initGit, install } from "./install.js"
import { namesOf } from "./names.js"
import { projectFiles, version } from "./project.js"
import { askMissing } from "./questions.js"
import { untilSignal } from "./signals.js"
import { labelOf } from "./templates.js"
import { checkTools } from "./tools.js"
import { checkTarget, writeProject } from "./write-project.js"

/** `npm create processor`. Answers the exit code. @param {readonly string[]} args */
export async function main(args) {
  try {
    const given = readArguments(args)
    if (given.help) return print(help)
    if (given.version) return print(`${version}\n`)
    return await create(given)
  } catch (error) {
    if (!(error instanceof CreateError)) throw error
    if (error.code !== "CANCELLED") printError(error)
    return error.exit
  }
}

async function create(given) {
  const hasGit = checkTools(given)
  const { name, scope, template } = await askMissing(given)
  const names = namesOf(name, scope)
  const target = checkTarget(names.folder)
  const started = performance.now()
  const files = projectFiles({ ...names, template, pm: given.pm })
  const signals = untilSignal()
  const progress = given.json || !process.stdout.isTTY ? undefined : spinner()
  progress?.start(given.install ? "Installing packages" : "Writing files")
  try {
    const git = await writeProject(target, files, async (folder) => {
      if (given.install) await install(folder, given.pm, signals.ended)
      return hasGit && (await initGit(folder, signals.ended))
    })
    const made = { ...names, folder: target, template, pm: given.pm, installed: given.install, git }
    const seconds = Math.round((performance.now() - started) / 100) / 10
    progress?.stop(`Made ${names.package} in ${seconds} s`)
    if (given.json)
      return print(`${JSON.stringify({ ...made, files: files.map(({ path }) => path), seconds })}\n`)
    return print(
      progress === undefined ? `Made ${names.package} in ${seconds} s\n${report(made)}` : report(made)
    )
  } catch (error) {
    progress?.stop("Nothing was made")
    throw error
  } finally {
    signals.stop()
  }
}

/** What to do next. */
function report({ folder, installed, package: name, pm, template }) {
  const run = pm === "npm" ? "npm run dev" : `${pm} dev`
  const exec = { npm: "npx", pnpm: "pnpm exec", yarn: "yarn" }[pm]
  const steps = [
    [`cd ${relative(process.cwd(), folder)}`, ""],
    ...(installed ? [] : [[`${pm} install`, ""]]),
    [run, "watch records; each save shows what changed"],
    [`${pm} test`, "types, and the fixture"],
    [`${exec} millrace up`, "your own platform, in a second terminal"],
    [`${exec} millrace publish`, `${name} into its registry`],
    [`${exec} millrace apply pipeline.yaml`, "run it"]
  ]
  const width = Math.max(...steps.map(([command]) => command.length))
  return `
${labelOf(template)}: src/index.ts is yours to change. Next:

${steps.map(([command, why]) => `  ${why === "" ? command : `${command.padEnd(width)}   ${why}`}`).join("\n")}
`
}

function print(text) {
  process.stdout.write(text)
  return 0
}

function printError({ code, message, remedy, where }) {
  process.stderr.write(
    `create-processor: error ${code}: ${message}\n${where === undefined ? "" : `  where: ${where}\n`}  remedy: ${remedy}\n`
  )
}
