import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { CommandError } from "../../terminal/command-error.ts"
import { exitCode } from "../../terminal/exit-code.ts"

/** Writes another version into a folder's package.json, and leaves every other byte of it. */
export const raiseVersion = Effect.fn("raiseVersion")(function* (folder: string, from: string, to: string) {
  const fs = yield* FileSystem.FileSystem
  const file = (yield* Path.Path).join(folder, "package.json")
  const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => "")
  const written = new RegExp(`("version"\\s*:\\s*)${escaped(JSON.stringify(from))}`)
  if (!written.test(text)) return yield* notWritten(file, to)
  const raised = text.replace(written, (_all, before: string) => before + JSON.stringify(to))
  yield* fs.writeFileString(file, raised).pipe(Effect.mapError(() => notWritten(file, to)))
})

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

const notWritten = (file: string, version: string) =>
  new CommandError({
    code: "VERSION_NOT_WRITTEN",
    message: `the version could not be written into package.json`,
    where: file,
    remedy: `write "version": "${version}" into it and publish again`,
    exit: exitCode.failed
  })
