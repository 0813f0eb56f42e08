import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import { readNotifyFile } from "../../observe/alerts/notify/notify-file.ts"
import { noNotifications, type NotifySettings } from "../../observe/alerts/notify/notify-settings.ts"
import { CommandError, CommandErrors } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

const maxBytes = 256 * 1024

/**
 * Where alerts are told: by the file named, else by `notify.yaml` of the data folder; nowhere when that is not there. Fails with
 * a `CommandError`, or with `CommandErrors` where several things are wrong.
 */
export const notifySettings = Effect.fn("notifySettings")(function* (
  named: string | undefined,
  folder: string
): Effect.fn.Return<NotifySettings, CommandError | CommandErrors, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = named === undefined ? path.join(folder, "notify.yaml") : path.resolve(named)
  if (named === undefined && !(yield* Effect.orElseSucceed(fs.exists(file), () => false)))
    return noNotifications
  const text = yield* Effect.mapError(fs.readFileString(file), (error) => unreadable(file, error.reason._tag))
  if (text.length > maxBytes) return yield* unreadable(file, `it is longer than ${maxBytes} characters`)
  const read = readNotifyFile(text, process.env)
  if (Result.isSuccess(read)) return read.success
  const errors = read.failure.problems.map(
    ({ column, line, message }) =>
      new CommandError({
        code: "NOTIFY_FILE_INVALID",
        message,
        where: `${file}:${line}:${column}`,
        remedy: "correct the file; docs/how-to/alerts.md shows one",
        exit: exitCode.usage
      })
  )
  return yield* new CommandErrors({ errors })
})

const unreadable = (file: string, reason: string): CommandError =>
  new CommandError({
    code: "NOTIFY_FILE_UNREADABLE",
    message: `the file that says where alerts are told cannot be read: ${reason}`,
    where: file,
    remedy: "name another with --notify FILE, or make it readable",
    exit: exitCode.usage
  })
