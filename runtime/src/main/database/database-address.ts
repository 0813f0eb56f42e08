import { parsePostgresAddress, type PostgresAddress } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

const variable = "MILLRACE_DATABASE"

/**
 * Where the registry is to be: by the flag, else by the config's file, else by `MILLRACE_DATABASE`; undefined where none says it. What
 * is wrong with an address is told without the address, for it may have a password in it.
 */
export const databaseAddress = Effect.fnUntraced(function* (
  flag: Option.Option<Redacted.Redacted<string>>,
  written: string | undefined,
  environment: { readonly [name: string]: string | undefined }
): Effect.fn.Return<PostgresAddress | undefined, CommandError> {
  const given = [
    { where: "--database", text: Option.getOrUndefined(Option.map(flag, Redacted.value)) },
    { where: "database, in the config", text: written },
    { where: variable, text: environment[variable] }
  ]
  const found = given.find(({ text }) => text !== undefined && text !== "")
  if (found?.text === undefined) return undefined
  const read = parsePostgresAddress(found.text)
  if (Result.isSuccess(read)) return read.success
  return yield* new CommandError({
    code: "DATABASE_ADDRESS_INVALID",
    message: `the address of the database cannot be used: ${read.failure}`,
    where: found.where,
    remedy: "write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, with what is no letter or digit as %HH",
    exit: exitCode.badInput
  })
})
