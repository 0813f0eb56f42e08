import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { type ClientCredentials, tokenForClient } from "./client-credentials.ts"
import { expiryOf, keptToken, type Token } from "./kept-token.ts"
import { tokenRefused, tokenUnavailable } from "./token-failure.ts"

/** Where a platform's tokens come from. */
export type TokenSource =
  | { readonly endpoint: ClientCredentials }
  | { readonly command: readonly string[] }
  | { readonly file: string }

const commandTimeoutMs = 30_000
const mostTokenBytes = 1024 * 1024

/** Gives tokens to connections; rejects with a TokenFailure. */
export const tokensOf = (source: TokenSource): (() => Promise<string>) => {
  if ("endpoint" in source) return keptToken(() => tokenForClient(source.endpoint))
  if ("command" in source) return keptToken(() => printedToken(source.command))
  // Somebody else renews it, at a time of their own.
  return async () => (await tokenIn(source.file)).value
}

const printedToken = ([program = "", ...args]: readonly string[]): Promise<Token> =>
  new Promise((done, refuse) => {
    const options = { timeout: commandTimeoutMs, maxBuffer: mostTokenBytes }
    execFile(program, args, options, (error, stdout) => {
      const value = stdout.trim()
      // What it printed may be a token.
      if (error !== null) refuse(commandFailure(program, error))
      else if (value === "") refuse(tokenRefused(`${program} printed no token`))
      else done({ value, expiresAt: expiryOf(value) })
    })
  })

const commandFailure = (program: string, { code, killed }: Error & { code?: unknown; killed?: boolean }) => {
  if (killed === true) return tokenUnavailable(`${program} did not end in ${commandTimeoutMs / 1_000} s`)
  return tokenUnavailable(`${program} ended with ${String(code)}`)
}

const tokenIn = async (file: string): Promise<Token> => {
  const text = await readFile(file, "utf8").catch(() => {
    throw tokenUnavailable(`the token in ${file} cannot be read`)
  })
  const value = text.trim()
  if (value === "") throw tokenUnavailable(`there is no token in ${file}`)
  return { value, expiresAt: expiryOf(value) }
}
