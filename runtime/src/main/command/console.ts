import { spawn } from "node:child_process"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { printJson } from "../terminal/print.ts"
import { connect } from "./connect.ts"

const print = Flag.Boolean("print").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Only print the address; where no browser can be started this is all that happens")
)

/** `millrace console` */
export const consoleCommand = Command.make("console", { print }, (input) =>
  Effect.gen(function* () {
    const { json, server } = yield* connect
    const url = addressOf(server.url, server.token)
    if (json) return yield* printJson({ url })
    yield* Console.log(url)
    if (!input.print && process.stdout.isTTY) yield* openBrowser(url)
  })
).pipe(
  Command.withDescription(
    "Open the console in the browser, with the token; whoever has the address may do what you may"
  ),
  Command.withExamples([
    { command: "millrace console" },
    { command: "millrace console --print", description: "For another browser" }
  ])
)

/** The token goes into the fragment, which no browser sends to a server; the page takes it out of the address at once. */
const addressOf = (url: string, token: string | undefined): string => {
  const address = new URL("/", url)
  if (token !== undefined) address.hash = new URLSearchParams({ token }).toString()
  return address.href
}

const openers: { readonly [P in NodeJS.Platform]?: readonly [string, ...string[]] } = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"]
}

/** Asks the desktop to show the address. Without one nothing happens: the address was printed. */
const openBrowser = (url: string): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const [program, ...args] = openers[process.platform] ?? ["xdg-open"]
    const child = spawn(program, [...args, url], { stdio: "ignore", detached: true })
    child.once("spawn", () => {
      child.unref()
      resume(Effect.void)
    })
    child.once("error", () => resume(Effect.void))
  })
