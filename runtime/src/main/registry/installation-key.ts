import { randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"

const keyBytes = 32

/** A secret of this data folder, made at the first start: what plugins' `random()` is drawn from, so that a rerun draws the same. */
export const seedKey = Effect.fn("seedKey")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(folder, "seed")
  const kept = yield* Effect.option(fs.readFile(file))
  if (Option.isSome(kept) && kept.value.length === keyBytes) return kept.value
  const made = new Uint8Array(randomBytes(keyBytes))
  yield* fs.writeFile(`${file}.new`, made, { mode: 0o600 })
  yield* fs.rename(`${file}.new`, file)
  return made
})
