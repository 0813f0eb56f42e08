import { cancel, intro, isCancel, select, text } from "@clack/prompts"
import { CreateError } from "./create-error.js"
import { defaultScope, nameProblem } from "./names.js"
import { templates } from "./templates.js"

/**
 * Asks for what the flags left open: at most name, template and scope. Without a terminal, or with --yes, nothing is asked.
 * @param {{ name?: string, template?: string, scope?: string, yes: boolean, json: boolean }} given
 */
export async function askMissing(given) {
  const scope = given.scope ?? /^@([^/]+)\//.exec(given.name ?? "")?.[1]
  if (given.yes || given.json || !process.stdin.isTTY || !process.stdout.isTTY) {
    if (given.name === undefined)
      throw new CreateError({
        code: "NAME_MISSING",
        message: "the project has no name",
        remedy: "give one: npm create processor my-filter -- --yes",
        exit: 64
      })
    return { name: given.name, template: given.template ?? "processor", scope }
  }
  if (given.name === undefined || given.template === undefined || scope === undefined)
    intro("A new Millrace plugin")
  const name =
    given.name ??
    (await answer(
      text({ message: "Its name", placeholder: "my-filter", defaultValue: "my-filter", validate: fit(58) })
    ))
  const template =
    given.template ??
    (await answer(
      select({
        message: "What to begin with",
        options: templates.map(({ hint, label, name: value }) => ({ value, label, hint }))
      })
    ))
  const own = defaultScope()
  return {
    name,
    template,
    scope:
      scope ??
      (await answer(
        text({
          message: `Whose package it is: @scope/${name}`,
          placeholder: own,
          defaultValue: own,
          validate: fit(20)
        })
      ))
  }
}

// Nothing typed means the default.
const fit = (most) => (value) => ((value ?? "") === "" ? undefined : nameProblem(value, most))

async function answer(prompt) {
  const given = await prompt
  if (!isCancel(given)) return given
  cancel("Nothing was made.")
  throw new CreateError({ code: "CANCELLED", message: "", remedy: "", exit: 130 })
}
