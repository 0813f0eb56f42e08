import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import * as Effect from "effect/Effect"
import { parseDocument } from "yaml"
import type { Json } from "@millrace/sdk/avro"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

export type Config = { readonly [key: string]: Json }

/** The files among the values of `--with`: what is watched. */
export const configFiles = (given: readonly string[]): readonly string[] =>
  given.filter((each) => !isAssignment(each)).map((file) => resolve(file))

/**
 * The plugin's config from the values of `--with`, the later over the earlier: `key=value`, the value read as JSON where it is
 * JSON and as text otherwise; or a YAML or JSON file that holds an object.
 */
export const readConfig = Effect.fn("readConfig")(function* (given: readonly string[]) {
  const parts = yield* Effect.forEach(given, (each) =>
    isAssignment(each) ? Effect.succeed(assignment(each)) : readFile(each)
  )
  const config: Config = Object.assign({}, ...parts)
  return config
})

const isAssignment = (text: string): boolean => /^[A-Za-z_$][\w$-]*=/.test(text)

const assignment = (text: string): Config => {
  const at = text.indexOf("=")
  return { [text.slice(0, at)]: jsonOrText(text.slice(at + 1)) }
}

const jsonOrText = (text: string): Json => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const readFile = (given: string): Effect.Effect<Config, CommandError> =>
  Effect.suspend(() => {
    const file = resolve(given)
    let text: string
    try {
      text = readFileSync(file, "utf8")
    } catch (error) {
      if (given.includes("=")) return Effect.fail(unassigned(given))
      return Effect.fail(unreadable(file, error instanceof Error ? error.message : "it cannot be read"))
    }
    const document = parseDocument(text)
    const [problem] = document.errors
    if (problem !== undefined) {
      const line = problem.linePos?.[0].line
      return Effect.fail(unreadable(line === undefined ? file : `${file}:${line}`, problem.message))
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    return isConfig(value) ? Effect.succeed(value) : Effect.fail(unreadable(file, "it holds no object"))
  })

const isConfig = (value: unknown): value is Config =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** As `fields.email=hash`. */
const unassigned = (text: string) =>
  new CommandError({
    code: "CONFIG_UNREADABLE",
    message: `${text} is no key=value, for a key is one name, and there is no such file`,
    where: "--with",
    remedy: `give an object as JSON, --with 'fields={"email":"hash"}', or in a YAML or JSON file`,
    exit: exitCode.badInput
  })

const unreadable = (where: string, message: string) =>
  new CommandError({
    code: "CONFIG_UNREADABLE",
    message: message.split("\n")[0] ?? message,
    where,
    remedy: "give --with key=value, or a YAML or JSON file with an object of the plugin's config",
    exit: exitCode.badInput
  })
