import * as Effect from "effect/Effect"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

/** A package as it is named on the command line. */
export interface PackageReference {
  readonly scope: string
  readonly name: string
  /** Whole name. */
  readonly full: string
  /** A range by npm's rules; undefined: none was given. */
  readonly range: string | undefined
  readonly plugin: string | undefined
}

const pattern = /^(@[a-z0-9-]+)\/([a-z0-9-]+)(?:#([a-z0-9-]+))?(?:@([^#]+))?(?:#([a-z0-9-]+))?$/

/** Reads `@acme/movies`, `@acme/movies@^1`, `@acme/movies#top-rated@^1` or `@acme/movies@1.2.0#top-rated`. */
export const packageReference = (text: string): Effect.Effect<PackageReference, CommandError> => {
  const [matched, scope = "", name = "", before, range, after] = pattern.exec(text) ?? []
  if (matched === undefined || (before !== undefined && after !== undefined)) return Effect.fail(notOne(text))
  return Effect.succeed({ scope, name, full: `${scope}/${name}`, range, plugin: before ?? after })
}

const notOne = (text: string) =>
  new CommandError({
    code: "USAGE",
    message: `${JSON.stringify(text)} names no package`,
    remedy: "write @scope/name, @scope/name@^1 or @scope/name#plugin@^1",
    exit: exitCode.usage
  })
