import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

/** Writes a file so that it is there whole or as it was; its folders are made. Fails with a `CommandError`. */
export const writeWhole = Effect.fn("writeWhole")(function* (file: string, text: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const beside = `${file}.${process.pid}.new`
  yield* fs.makeDirectory(path.dirname(file), { recursive: true }).pipe(
    Effect.andThen(fs.writeFileString(beside, text)),
    Effect.andThen(fs.rename(beside, file)),
    Effect.tapError(() => Effect.ignore(fs.remove(beside, { force: true }))),
    Effect.mapError(
      (error) =>
        new CommandError({
          code: "FILE_UNWRITABLE",
          message: `the file cannot be written: ${error.reason._tag}`,
          where: file,
          remedy: "make its folder writable, or name another",
          exit: exitCode.failed
        })
    )
  )
})
