import { open, readFile, rename, rm } from "node:fs/promises"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import { type StoreError, toStoreError } from "../store/store-error.ts"
import { drawKey, keyText, readKey, type SealingKey } from "./sealed.ts"

/** Where the key of the secrets comes from: a file that this registry makes and changes, or text that somebody else keeps. */
export type KeySource = { readonly file: string } | { readonly text: string }

const attempt = <A>(operation: string, work: () => Promise<A>): Effect.Effect<A, StoreError> =>
  Effect.tryPromise({ try: work, catch: (cause) => toStoreError(operation, cause) })

/** The next key's file, while a rotation is under way. */
const nextOf = (file: string): string => `${file}.next`

/** Reads a key's file; undefined when there is none. Fails when what is there is no key. */
export const readKeyFile = Effect.fnUntraced(function* (
  file: string
): Effect.fn.Return<SealingKey | undefined, StoreError> {
  const text = yield* attempt("read the key of the secrets", () =>
    readFile(file, "utf8").catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error)))
  )
  if (text === undefined) return undefined
  const key = readKey(text)
  return key ?? (yield* notAKey("its file"))
})

/** The key in text that was given. */
export const readGivenKey = (text: string): Effect.Effect<SealingKey, StoreError> => {
  const key = readKey(text)
  return key === undefined ? notAKey("what was given") : Effect.succeed(key)
}

/** Draws a key and writes it beside the one in force: 0600, durable, not yet in force. */
export const writeNextKey = Effect.fnUntraced(function* (
  file: string
): Effect.fn.Return<SealingKey, StoreError> {
  const key = drawKey()
  yield* attempt("write a key for the secrets", async () => {
    await rm(nextOf(file), { force: true })
    const handle = await open(nextOf(file), "wx", 0o600)
    try {
      await handle.writeFile(keyText(key))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await syncFolder(file)
  })
  return key
})

/** Puts the key that was written last in force. */
export const promoteNextKey = (file: string): Effect.Effect<void, StoreError> =>
  attempt("put the new key of the secrets in its place", async () => {
    await rename(nextOf(file), file)
    await syncFolder(file)
  })

export const readNextKey = (file: string): Effect.Effect<SealingKey | undefined, StoreError> =>
  readKeyFile(nextOf(file))

export const dropNextKey = (file: string): Effect.Effect<void, StoreError> =>
  attempt("remove a key that was never in force", () => rm(nextOf(file), { force: true }))

const syncFolder = async (file: string): Promise<void> => {
  const handle = await open(dirname(file), "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const isMissing = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT"

const notAKey = (what: string) =>
  Effect.fail(
    toStoreError(
      "read the key of the secrets",
      new Error(`${what} is no key: 32 bytes in base64 or hexadecimal`),
      "corrupt"
    )
  )
