import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import type { Finding } from "../doctor/findings.ts"
import { loadFindings } from "./load.ts"
import { root } from "./root.ts"
import { findDataFolder } from "../data-folder.ts"
import { secretFindings } from "../doctor/secret-findings.ts"
import { endWith } from "../terminal/ending.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { printJson } from "../terminal/print.ts"
import { paint } from "../terminal/style.ts"

const marks = { good: ["green", "ok  "], reduced: ["yellow", "less"], bad: ["red", "bad "] } as const

/** `millrace doctor` */
export const doctorCommand = Command.make("doctor", {}, () =>
  Effect.gen(function* () {
    const flags = yield* root
    const { findings } = yield* loadFindings
    const folder = yield* findDataFolder(flags.data, process.cwd())
    const found = [...(yield* findings(folder)), ...(yield* secretFindings(folder))]
    yield* flags.json ? printJson(found) : Effect.forEach(found, print, { discard: true })
    yield* endWith(found.some(({ state }) => state === "bad") ? exitCode.failed : exitCode.done)
  })
).pipe(
  Command.withDescription(
    "Check this machine: Node, the sandbox and its guards, the data folder, and the secrets of a platform that is up there. Exit code 1 when something is bad"
  ),
  Command.withExamples([{ command: "millrace doctor" }, { command: "millrace doctor --json" }])
)

const print = ({ name, remedy, state, text }: Finding) => {
  const [colour, mark] = marks[state]
  return Console.log(
    `${paint(colour, mark)} ${name}: ${text}${remedy === undefined ? "" : `\n     remedy: ${remedy}`}`
  )
}
