import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { TransportError } from "../transport.ts"
import { writeFailure } from "./failure.ts"

/**
 * Holds a folder for this process alone until the scope closes or the process ends, however it ends: the lock is the
 * operating system's own (the byte-range locks of an SQLite file in an exclusive transaction), so that kill -9 leaves
 * nothing to clean up. Fails with `locked`, naming the holder, when another process has the folder.
 */
export function lockFolder(folder: string): Effect.Effect<void, TransportError, Scope.Scope> {
  return Effect.acquireRelease(
    Effect.try({ try: () => takeLock(folder), catch: () => lockedError(folder) }),
    (database) => Effect.sync(() => database.close())
  ).pipe(Effect.asVoid)
}

/** Succeeds if nobody has the folder, which is made when it is not there; else fails with `locked`, naming the holder. */
export function whenFree(folder: string): Effect.Effect<void, TransportError> {
  return Effect.try({
    try: () => mkdirSync(folder, { recursive: true, mode: 0o700 }),
    catch: (cause) => writeFailure(folder, 0, cause)
  }).pipe(Effect.andThen(Effect.scoped(lockFolder(folder))))
}

function takeLock(folder: string): DatabaseSync {
  const database = new DatabaseSync(join(folder, "lock"), { timeout: 0 })
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
  } catch (error) {
    database.close()
    throw error
  }
  writeFileSync(join(folder, "lock.holder"), String(process.pid))
  return database
}

function lockedError(folder: string): TransportError {
  const holder = holderOf(folder)
  const by = holder === undefined ? "another process" : `process ${holder}`
  return new TransportError({
    reason: "locked",
    message: `${folder} is in use by ${by}. One worker owns a data folder: stop that one, or name another folder.`
  })
}

function holderOf(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, "lock.holder"), "utf8").trim()
    return /^\d{1,10}$/.test(text) ? text : undefined
  } catch {
    return undefined
  }
}
