import type { Json } from "@millrace/sdk/avro"
import { parse } from "yaml"
import { formatPath, type Finding, type Path } from "./problem.ts"
import { suggest } from "./suggestion.ts"
import { pointerOf } from "./yaml-tree.ts"

/** What stands for `${NAME}`. */
export type Variables = { readonly [name: string]: string | number | boolean }

/** A stretch of a string after substitution, and where it came from in the string as written. */
export interface Stretch {
  readonly start: number
  readonly end: number
  readonly written: number
  /** Substituted: every place in it is meant to be the start of `${NAME}`. */
  readonly variable: boolean
}

export interface Substituted {
  readonly value: Json
  /** By JSON pointer, for the strings in which something was substituted. */
  readonly stretches: ReadonlyMap<string, readonly Stretch[]>
  readonly findings: readonly Finding[]
}

const reference = /\$(\$\{|\{([^}]*)\})/g
const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
/** Longest string that substitution may make, so that variables cannot multiply a file. */
const maxLength = 64 * 1024

/**
 * Replaces `${NAME}` in every string value. A string that is nothing but `${NAME}` takes the variable's own type; `$${`
 * stands for `${`. Keys are never substituted: names are identity.
 */
export const substitute = (value: Json, variables: Variables): Substituted => {
  const stretches = new Map<string, readonly Stretch[]>()
  const findings: Finding[] = []
  const walk = (part: Json, path: Path): Json => {
    if (typeof part === "string") {
      if (!part.includes("${")) return part
      const replaced = replaceIn(part, variables, path)
      findings.push(...replaced.findings)
      stretches.set(pointerOf(path), replaced.stretches)
      return replaced.value
    }
    if (part === null || typeof part !== "object") return part
    if (isList(part)) return part.map((item, index) => walk(item, [...path, index]))
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, walk(item, [...path, key])]))
  }
  return { value: walk(value, []), stretches, findings }
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

interface Replaced {
  readonly value: string | number | boolean
  readonly stretches: readonly Stretch[]
  readonly findings: readonly Finding[]
}

const replaceIn = (written: string, variables: Variables, path: Path): Replaced => {
  const whole = /^\$\{([^}]*)\}$/.exec(written)?.[1]
  if (whole !== undefined && Object.hasOwn(variables, whole)) {
    return {
      value: variables[whole]!,
      stretches: [{ start: 0, end: Infinity, written: 0, variable: true }],
      findings: []
    }
  }
  const findings: Finding[] = []
  const stretches: Stretch[] = []
  let text = ""
  let last = 0
  const append = (piece: string, from: number, variable: boolean) => {
    if (piece === "") return
    stretches.push({ start: text.length, end: text.length + piece.length, written: from, variable })
    text += piece
  }
  for (const match of written.matchAll(reference)) {
    append(written.slice(last, match.index), last, false)
    last = match.index + match[0].length
    const name = match[2]
    const known = name !== undefined && Object.hasOwn(variables, name)
    if (name === undefined) append("${", match.index + 1, false)
    else if (known) append(String(variables[name]), match.index, true)
    else findings.push(missing(name, variables, path, match.index))
    if (text.length > maxLength) return { value: "", stretches: [], findings: [tooLong(path)] }
  }
  append(written.slice(last), last, false)
  return { value: text, stretches, findings }
}

const missing = (name: string, variables: Variables, path: Path, offset: number): Finding => ({
  code: "VARIABLE_MISSING",
  message: `The variable ${name} has no value`,
  path,
  offset,
  remedy:
    Object.keys(variables).length === 0
      ? `Give it a default under vars:, or a value with --var ${name}=…; write $\${ for a plain \${.`
      : `${suggest(name, Object.keys(variables), "variable")} Or give it a value with --var ${name}=…; write $\${ for a plain \${.`
})

const tooLong = (path: Path): Finding => ({
  code: "PIPELINE_TOO_LARGE",
  message: `With its variables filled in the text is longer than ${maxLength} characters`,
  path,
  remedy: "Shorten the variables."
})

/**
 * The values in force: the file's defaults under `vars`, then `overlay`. An overlay is text (it comes from a command
 * line); it is read as YAML reads a plain word, unless the default is a string. A default of null must be overlaid.
 */
export const variablesInForce = (
  defaults: { readonly [name: string]: string | number | boolean | null },
  overlay: { readonly [name: string]: string }
): { readonly variables: Variables; readonly findings: readonly Finding[] } => {
  const findings: Finding[] = []
  const variables: { [name: string]: string | number | boolean } = {}
  for (const [name, value] of Object.entries(defaults)) {
    if (!variableName.test(name)) findings.push(badName(name))
    if (value !== null) variables[name] = value
  }
  for (const [name, text] of Object.entries(overlay)) {
    if (!Object.hasOwn(defaults, name)) findings.push(unknown(name, Object.keys(defaults)))
    variables[name] = typeof defaults[name] === "string" ? text : plainWord(text)
  }
  return { variables, findings }
}

/** `7` is a number and `true` a boolean, everything else is text: YAML's core schema. */
const plainWord = (text: string): string | number | boolean => {
  if (!/^(?:[-+]?[0-9.][0-9a-zA-Z.+-]{0,30}|[Tt]rue|[Ff]alse)$/.test(text)) return text
  const value: unknown = parse(text, { schema: "core", version: "1.2" })
  if (typeof value === "boolean") return value
  return typeof value === "number" && Number.isFinite(value) && !lossy(value) ? value : text
}
const lossy = (value: number): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)

const badName = (name: string): Finding => ({
  code: "NAME_INVALID",
  message: `${JSON.stringify(name)} cannot be the name of a variable`,
  path: ["vars", name],
  at: "key",
  remedy: "Use letters, digits and _, beginning with a letter or _."
})

const unknown = (name: string, names: readonly string[]): Finding => ({
  code: "UNKNOWN_VARIABLE",
  message: `The pipeline has no variable ${formatPath([name])}`,
  path: ["vars"],
  at: "key",
  remedy: suggest(name, names, "variable")
})
