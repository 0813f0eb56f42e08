import { assembleSchema, type Json } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { contractSchema } from "./contract-schema.ts"

const maxBytes = 4 * 1_048_576
const maxFiles = 1000

const JsonText = Schema.fromJsonString(Schema.Json)

/** The schema of an `.avsc` file. Named types that it refers to are looked up in the other `.avsc` files of its folder. */
export const readAvsc = Effect.fn("readAvsc")(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = yield* readJson(file)
  const names = yield* Effect.orElseSucceed(fs.readDirectory(path.dirname(file)), () => [])
  const others = names
    .filter((name) => name.endsWith(".avsc") && name !== path.basename(file))
    .toSorted()
    .slice(0, maxFiles)
  // One that cannot be read may not be needed; if it is, its types are missed by name.
  const found = yield* Effect.forEach(others, (name) =>
    Effect.orElseSucceed(readJson(path.join(path.dirname(file), name)), (): Json => null)
  )
  return yield* contractSchema(assembleSchema(root, found), file)
})

const readJson = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const info = yield* Effect.mapError(fs.stat(file), (error) => unreadable(file, error.reason._tag))
  if (Number(info.size) > maxBytes) return yield* unreadable(file, `it is larger than ${maxBytes} bytes`)
  const text = yield* Effect.mapError(fs.readFileString(file), (error) => unreadable(file, error.reason._tag))
  return yield* Schema.decodeUnknownEffect(JsonText)(text).pipe(
    Effect.mapError(() => unreadable(file, "it is not JSON"))
  )
})

const unreadable = (file: string, why: string) =>
  new CommandError({
    code: "FILE_UNREADABLE",
    message: `the schema's file cannot be read: ${why}`,
    where: file,
    remedy: "name an .avsc file that is there and readable",
    exit: exitCode.badInput
  })
