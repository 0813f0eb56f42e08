import { userInfo } from "node:os"
import { CreateError } from "./create-error.js"

const part = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const reserved = new Set(["millrace", "test", "data", "src", "out", "node-modules"])

/**
 * The names of a project, from what the author gave: `my-filter`, `@acme/my-filter`, or a path whose last part is the name.
 * The registry takes scopes of 2 to 20 characters and names of 2 to 58.
 * @param {string} given @param {string | undefined} scopeGiven
 */
export function namesOf(given, scopeGiven) {
  const scoped = /^@([^/]+)\/([^/]+)$/.exec(given)
  const folder = scoped === null ? given.replace(/\/+$/, "") : (scoped[2] ?? "")
  const name = folder.split("/").at(-1) ?? ""
  const scope = (scopeGiven ?? scoped?.[1] ?? defaultScope()).replace(/^@/, "")
  refuseUnfit("name", name, 58)
  refuseUnfit("scope", scope, 20)
  return { folder, name, scope, package: `@${scope}/${name}`, variable: camelCase(name) }
}

/** What is wrong with a name, or undefined. @param {string} text @param {number} most */
export function nameProblem(text, most) {
  if (text.length < 2 || text.length > most) return `it must have 2 to ${most} characters`
  if (!part.test(text)) return "it must be small letters, digits and single hyphens, beginning with a letter"
  return reserved.has(text) ? "it is reserved" : undefined
}

function refuseUnfit(what, text, most) {
  const problem = nameProblem(text, most)
  if (problem === undefined) return
  throw new CreateError({
    code: what === "name" ? "NAME_UNFIT" : "SCOPE_UNFIT",
    message: `${JSON.stringify(text)} cannot be the ${what} of a package: ${problem}`,
    remedy:
      what === "name"
        ? "give another name: npm create processor my-filter"
        : "give another scope: npm create processor my-filter -- --scope acme",
    exit: 65
  })
}

/** The scope is whose package it is: this user's name where it fits, else `my-team`. */
export function defaultScope() {
  try {
    const user = userInfo().username.toLowerCase()
    return nameProblem(user, 20) === undefined && user !== "root" ? user : "my-team"
  } catch {
    return "my-team"
  }
}

// Words that TypeScript keeps for itself get a suffix.
const words = new Set(
  "break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await implements interface package private protected public".split(
    " "
  )
)

function camelCase(name) {
  const text = name.replace(/-([a-z0-9])/g, (_all, letter) => letter.toUpperCase())
  return words.has(text) ? `${text}Plugin` : text
}
