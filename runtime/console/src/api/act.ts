import { call } from "./call.ts"
import { wantsToken } from "./refusal.ts"
import type { ReplyOf, RequestOf, Route } from "./routes.ts"
import { keepToken } from "./token.ts"

type Ask = (why: string) => Promise<string | undefined>

let ask: Ask = () => Promise.resolve(undefined)

/** Sets who asks the operator for a token: the shell's dialog. */
export const setTokenPrompt = (prompt: Ask): void => {
  ask = prompt
}

/** Asks for a token and keeps it; false when the operator gave none. */
export const askForToken = async (why: string): Promise<boolean> => {
  const given = await ask(why)
  if (given === undefined) return false
  keepToken(given)
  return true
}

/** A write: where it is refused for want of a token the operator is asked for one, once, and it is tried again. */
export const act = async <R extends Route>(route: R, request: RequestOf<R>): Promise<ReplyOf<R>> => {
  try {
    return await call(route, request)
  } catch (error) {
    if (!wantsToken(error) || !(error instanceof Error) || !(await askForToken(error.message))) throw error
    return call(route, request)
  }
}
