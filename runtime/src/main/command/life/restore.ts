import { join, resolve } from "node:path"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { faultText } from "../../backup/backup-fault.ts"
import { checkBackup } from "../../backup/check-backup.ts"
import type { Manifest } from "../../backup/manifest.ts"
import { restoreBackup } from "../../backup/restore-backup.ts"
import { findOwnDataFolder, findServer } from "../../data-folder.ts"
import { lockFolder } from "../../../transport/embedded/folder-lock.ts"
import { root } from "../root.ts"
import { byteCount } from "../../terminal/byte-count.ts"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"
import { printJson } from "../../terminal/print.ts"
import { progress } from "../../terminal/progress.ts"

/** `millrace restore BACKUP` */
export const restoreCommand = Command.make(
  "restore",
  {
    backup: Argument.String("backup").pipe(
      Argument.withDescription("A file or folder that `millrace backup` made")
    ),
    check: Flag.Boolean("check").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Only read all of it and hold it to its checksums")
    ),
    replace: Flag.Boolean("replace").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Put a data folder that is there aside, under its name and the time")
    )
  },
  ({ backup, check, replace }) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { data, json } = yield* root
        const line = yield* progress
        const tell = (phase: string) => (bytes: number, total: number) =>
          json ? undefined : Effect.runSync(line(`${phase}: ${percent(bytes, total)} of ${byteCount(total)}`))
        const source = resolve(backup)
        if (check) {
          const manifest = yield* attempt(source, () => checkBackup(source, { tell: tell("check") }))
          return yield* told(json, manifest, `${source} is whole`)
        }
        const folder = yield* findOwnDataFolder(data, process.cwd())
        yield* refuseUp(folder)
        const now = yield* Clock.currentTimeMillis
        const aside = `${folder}.before-${new Date(now).toISOString().replace(/[:.]/g, "-")}`
        const manifest = yield* attempt(source, () =>
          restoreBackup({
            source,
            folder,
            aside: replace ? aside : undefined,
            tell: (phase, bytes, total) => tell(phase)(bytes, total)
          })
        )
        yield* told(json, manifest, `${folder} is restored; start it with \`millrace up\``)
      })
    )
).pipe(
  Command.withDescription(
    "Make a data folder from a backup, once all of it was checked; no platform may be up on it"
  ),
  Command.withExamples([
    { command: "millrace restore /backup/millrace-monday.tar.zst --data /var/lib/millrace" },
    {
      command: "millrace restore /backup/millrace-monday.tar.zst --check",
      description: "Whether it is whole"
    }
  ])
)

/** In steps of ten where each is a line of its own. */
const percent = (bytes: number, total: number): string => {
  const whole = total === 0 ? 100 : Math.floor((100 * bytes) / total)
  return `${process.stderr.isTTY ? whole : whole - (whole % 10)} %`
}

const attempt = (source: string, work: () => Promise<Manifest>) =>
  Effect.tryPromise({
    try: work,
    catch: (cause) =>
      new CommandError({
        code: "RESTORE_FAILED",
        message: faultText(cause),
        where: source,
        remedy:
          "nothing was changed: name a backup that `millrace restore BACKUP --check` finds whole, and a data folder that is empty, or say --replace",
        exit: exitCode.failed
      })
  })

/** By what the platform announces, and by its lock, which also one holds that announces nothing. */
const refuseUp = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const log = join(folder, "log")
  const isThere = yield* Effect.orElseSucceed(fs.exists(log), () => false)
  const server = yield* Effect.option(findServer(folder))
  const isFree = !isThere || Option.isSome(yield* Effect.option(Effect.scoped(lockFolder(log))))
  if (Option.isNone(server) && isFree) return
  return yield* new CommandError({
    code: "RESTORE_UP",
    message: "a platform is up on this data folder",
    where: folder,
    remedy: "stop it with `millrace down`, or name another folder with --data",
    exit: exitCode.failed
  })
})

const told = (json: boolean, manifest: Manifest, text: string) => {
  const { files, leftOut, millrace, pipelines, takenAt } = manifest
  const at = new Date(takenAt).toISOString()
  if (json) return printJson({ takenAt, millrace, pipelines, leftOut, files: files.length })
  return Effect.gen(function* () {
    yield* Console.log(`${text}: as it was at ${at}, by millrace ${millrace}, ${files.length} files`)
    if (leftOut.length > 0)
      yield* Console.log(`not in the backup: ${leftOut.join(", ")}. Put your copy there before the start`)
  })
}
