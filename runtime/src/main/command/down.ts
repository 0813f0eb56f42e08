import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Command from "effect/cli/Command"
import { connect } from "./connect.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

/** `millrace down` */
export const downCommand = Command.make("down", {}, () =>
  Effect.gen(function* () {
    const { client, server, json } = yield* connect
    yield* client.shutdown({})
    const { pid } = server
    if (pid !== undefined) yield* awaitEnd(pid)
    yield* Console.log(
      json ? JSON.stringify({ stopped: true }) : "millrace is down; `millrace up` goes on where it stopped"
    )
  })
).pipe(
  Command.withDescription("Stop the platform after the batches in hand"),
  Command.withExamples([{ command: "millrace down" }])
)

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Waits until the process has ended; fails after half a minute. */
const awaitEnd = (pid: number) =>
  Effect.sync(() => alive(pid)).pipe(
    Effect.repeat({ schedule: Schedule.spaced("50 millis"), while: (isAlive) => isAlive }),
    Effect.timeoutOrElse({
      duration: "30 seconds",
      orElse: () =>
        Effect.fail(
          new CommandError({
            code: "STILL_UP",
            message: `the platform (process ${pid}) has not ended within 30 seconds`,
            remedy: `look at its output; \`kill -9 ${pid}\` loses nothing that was committed`,
            exit: exitCode.failed
          })
        )
    })
  )
