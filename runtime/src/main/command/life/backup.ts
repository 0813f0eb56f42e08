import { resolve } from "node:path"
import type { BackupProgress, BackupSummary } from "@millrace/sdk/api"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { connect } from "../connect.ts"
import { byteCount } from "../../terminal/byte-count.ts"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson } from "../../terminal/print.ts"
import { progress } from "../../terminal/progress.ts"

/** `millrace backup PLACE` */
export const backupCommand = Command.make(
  "backup",
  {
    place: Argument.String("place").pipe(
      Argument.withDescription("On the platform's machine: FILE.tar.zst, or a folder to be made")
    ),
    withKeys: Flag.Boolean("with-keys").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Put in the key of the secrets: who has the backup can then read them")
    )
  },
  ({ place, withKeys }) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { client, json } = yield* connect
        const line = yield* progress
        const lines = yield* client.takeBackup({ body: { path: resolve(place), keys: withKeys } })
        const last = yield* Stream.runFoldEffect(
          lines,
          (): BackupSummary | undefined => undefined,
          (done, next) =>
            "done" in next
              ? Effect.succeed(next.done)
              : Effect.as(json ? Effect.void : line(text(next)), done)
        )
        if (last === undefined) return yield* interrupted(place)
        yield* json ? printJson(last) : told(last)
      })
    )
).pipe(
  Command.withDescription(
    "Copy all that the platform keeps, of one moment, while it runs: checked again by `millrace restore`"
  ),
  Command.withExamples([
    { command: "millrace backup /backup/millrace-monday.tar.zst" },
    {
      command: "millrace backup /backup/monday --with-keys",
      description: "As a folder, with the key of the secrets"
    }
  ])
)

const text = (at: Exclude<BackupProgress, { readonly done: BackupSummary }>): string =>
  `backup: ${at.phase}, ${byteCount(at.bytes)} of ${byteCount(at.total)}`

const told = ({ bytes, files, leftOut, path, pipelines }: BackupSummary) =>
  Effect.gen(function* () {
    const names = pipelines.map(({ pipeline, revision }) => `${pipeline} (revision ${revision})`).join(", ")
    yield* Console.log(`${path}: ${files} files, ${byteCount(bytes)}; pipelines: ${names || "none"}`)
    if (leftOut.length > 0)
      yield* Console.log(
        `not in it: ${leftOut.join(", ")}. Keep a copy apart, or say --with-keys: without it no secret can be read again`
      )
  })

const interrupted = (place: string) =>
  new CommandError({
    code: "CLIENT_INTERRUPTED",
    message: "the platform ended before the backup was whole",
    where: place,
    remedy: "see the platform's log, and repeat it: nothing of it is left",
    exit: exitCode.unavailable
  })
