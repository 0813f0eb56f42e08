import { randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

const keyBytes = 32

export interface SeedPlace {
  /** The data folder, which has a seed of its own unless a file is named. */
  readonly folder: string
  readonly seedFile?: string | undefined
}

/**
 * A secret of this platform: what plugins' `random()` is drawn from, so that a rerun draws the same, and what its log is known by. Made at the first
 * start, unless it is given. Fails with `SEED_INVALID`, and where the folder cannot be written.
 */
export const seedKey = Effect.fn("seedKey")(function* ({ folder, seedFile }: SeedPlace) {
  if (seedFile !== undefined) return yield* givenSeed(seedFile)
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

const givenSeed = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const bytes = yield* Effect.option(fs.readFile(file))
  const seed = Option.getOrUndefined(Option.map(bytes, readSeed))
  if (seed !== undefined) return seed
  return yield* new CommandError({
    code: "SEED_INVALID",
    message: Option.isNone(bytes) ? "the seed cannot be read" : "what is in the file is no seed",
    where: file,
    remedy:
      "write 32 random bytes there, plain, in hexadecimal or base64, as `openssl rand -hex 32` prints them; a platform that ran before has its own in the file seed of its data folder",
    exit: exitCode.badInput
  })
})

const readSeed = (bytes: Uint8Array): Uint8Array | undefined => {
  if (bytes.length === keyBytes) return bytes
  const text = Buffer.from(bytes).toString("latin1").trim()
  if (/^[0-9a-f]{64}$/i.test(text)) return new Uint8Array(Buffer.from(text, "hex"))
  return /^[A-Za-z0-9+/]{43}=$/.test(text) ? new Uint8Array(Buffer.from(text, "base64")) : undefined
}
