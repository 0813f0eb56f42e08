import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type Durability, Transport, TransportError } from "../transport.ts"
import { Catalogue } from "./catalogue.ts"
import type { CompactionPace } from "./compaction/compactor.ts"
import { EmbeddedLog } from "./embedded-log.ts"
import { corrupt, readFailure, writeFailure } from "./failure.ts"
import { flushFrames, forgetUnflushed, type JournalPlace, settleUnflushed } from "./flush/flushed-pages.ts"
import { flushInBackground } from "./flush/flusher.ts"
import { lockFolder } from "./folder-lock.ts"
import { faultOfFrames } from "./frames/check-frames.ts"
import { emptyFiles } from "./frames/empty-files.ts"
import { makeFrameCleaner } from "./frames/frame-cleaner.ts"
import type { FrameSettings } from "./frames/frame-settings.ts"
import { createdMark, inspectFolder } from "./inspection.ts"
import { readFormat } from "./meta-text.ts"
import { replayJournal } from "./journal/replay.ts"
import { openStore } from "./store.ts"
import type { Store } from "./store.ts"
import { syncPath } from "./sync-path.ts"
import { trustClosed, trustOpened } from "./trusted-file.ts"
import { openValue, sealJson } from "./value.ts"

/** Since 2 commits stand in a journal first, since 3 large frames lie in files of their own: who knows only 1 would look at neither. */
const formatVersion = 3
const firstFormat = 1

/**
 * The transport on LMDB in `folder`, which is made when it is not there. One process owns a folder: another is refused
 * with `locked`. Fails with `corrupt` or `formatVersion` before anything is served from a damaged or foreign folder.
 */
export function embeddedTransport(options: {
  readonly folder: string
  /** Of commits that do not say; default: `fsync`. */
  readonly durability?: Durability
  readonly compaction?: CompactionPace
  readonly frames?: FrameSettings
}): Layer.Layer<Transport, TransportError> {
  return Layer.effect(
    Transport,
    Effect.gen(function* () {
      const { compaction = {}, durability = "fsync", folder, frames = {} } = options
      yield* Effect.try({
        try: () => mkdirSync(folder, { recursive: true, mode: 0o700 }),
        catch: (cause) => writeFailure(folder, 0, cause)
      })
      yield* lockFolder(folder)
      const store = yield* openFolder(folder, frames)
      const catalogue = yield* Effect.try({
        try: () => new Catalogue(folder, store),
        catch: (cause) => loadFailure(folder, cause)
      })
      const flusher = yield* flushInBackground(folder, store, durability)
      yield* makeFrameCleaner(folder, store, frames)
      return yield* EmbeddedLog.make({ folder, store, catalogue, flusher, compaction })
    })
  )
}

function openFolder(
  folder: string,
  frames: FrameSettings
): Effect.Effect<Store, TransportError, Scope.Scope> {
  return Effect.gen(function* () {
    const settled = yield* Effect.try({
      try: () => settleUnflushed(folder),
      catch: (cause) => writeFailure(folder, 0, cause)
    })
    const { isNew } = yield* inspectFolder(folder)
    const store = yield* Effect.acquireRelease(
      Effect.try({
        try: () => {
          // Without the mark its making was cut short before anything was acknowledged.
          if (isNew) removeRemains(folder)
          return openStore(folder, { readOnly: false, frames })
        },
        catch: (cause) => readFailure(folder, cause)
      }),
      (opened) =>
        Effect.andThen(
          Effect.promise(() => opened.close()),
          Effect.sync(() => trustClosed(folder))
        )
    )
    if (settled.is === "went back") yield* replay(folder, store, settled.replay)
    yield* settleFrames(folder, store)
    yield* isNew ? markNew(folder, store) : checkFormat(folder, store)
    trustOpened(folder)
    return store
  })
}

/** What `FLUSHED` told of is done again, and flushed: it is of no use any more. */
function replay(
  folder: string,
  store: Store,
  place: JournalPlace | undefined
): Effect.Effect<void, TransportError> {
  return Effect.try({
    try: () => {
      // Each transaction of the replay is flushed, and is not to lead to what is not.
      flushFrames(folder)
      if (place !== undefined) replayJournal(folder, store, place)
      forgetUnflushed(folder)
    },
    catch: (cause) => writeFailure(folder, 0, cause)
  })
}

/** All is flushed: what nothing leads into is of no use to anybody. */
function settleFrames(folder: string, store: Store): Effect.Effect<void, TransportError> {
  return Effect.try({
    try: () => {
      const fault = faultOfFrames(store)
      if (fault !== undefined) throw corrupt(folder, fault)
      store.frames.remove(emptyFiles(store))
    },
    catch: (cause) => readFailure(folder, cause)
  })
}

function removeRemains(folder: string): void {
  for (const name of ["data.mdb", "lock.mdb"]) {
    const path = join(folder, name)
    if (existsSync(path)) rmSync(path)
  }
}

function markNew(folder: string, store: Store): Effect.Effect<void, TransportError> {
  return Effect.try({
    try: () => {
      writeFormat(store)
      syncPath(folder)
      const mark = join(folder, createdMark)
      writeFileSync(mark, `millrace log ${formatVersion}\n`)
      syncPath(mark)
      syncPath(folder)
      syncAbove(folder)
    },
    catch: (cause) => writeFailure(folder, 0, cause)
  })
}

function markFormat(folder: string, store: Store): Effect.Effect<void, TransportError> {
  return Effect.try({
    try: () => writeFormat(store),
    catch: (cause) => writeFailure(folder, 0, cause)
  })
}

function writeFormat(store: Store): void {
  store.write(() => store.meta.put(Buffer.from("format"), sealJson({ format: formatVersion })))
}

/**
 * The folders above may have been made just now, by us or by the caller: their names must be as durable as what is in
 * them. One that may not be read was not made by us.
 */
function syncAbove(folder: string): void {
  for (let at = resolve(folder); dirname(at) !== at; at = dirname(at)) {
    try {
      syncPath(dirname(at))
    } catch (error) {
      if (!isRefused(error)) throw error
    }
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM")
}

function checkFormat(folder: string, store: Store): Effect.Effect<void, TransportError> {
  return Effect.gen(function* () {
    const stored = store.read(() => store.meta.get(Buffer.from("format")))
    const value = stored === undefined ? undefined : openValue(stored)
    if (value === undefined) return yield* corrupt(folder, "its format cannot be read")
    const format = yield* Effect.try({
      try: () => readFormat(value),
      catch: () => corrupt(folder, "its format cannot be read")
    })
    if (format === formatVersion) return
    if (format >= firstFormat && format < formatVersion) return yield* markFormat(folder, store)
    return yield* new TransportError({
      reason: "formatVersion",
      message: `${folder} has format ${format}; this millrace knows ${formatVersion}. Run the version that made it, or name another folder.`
    })
  })
}

function loadFailure(folder: string, cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause
  return corrupt(folder, `its catalogue cannot be read (${cause instanceof Error ? cause.message : "?"})`)
}
