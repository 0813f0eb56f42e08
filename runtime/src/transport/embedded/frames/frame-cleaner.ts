import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import type { TransportError } from "../../transport.ts"
import { corrupt, readFailure, writeFailure } from "../failure.ts"
import type { Store } from "../store.ts"
import { openValue } from "../value.ts"
import type { FrameFiles } from "./frame-files.ts"
import { openPlace, openPlaced, placedKey, placesIn, type Placed } from "./frame-place.ts"
import type { FrameSettings } from "./frame-settings.ts"

const leastGarbageBytes = 128 * 1024 * 1024
/** The files are looked at again when an eighth of them was let go. */
const partLetGo = 8
/** Places looked at, and bytes moved, before others have their turn. */
const mostPlaces = 1_000
const stepBytes = 1024 * 1024
/** Between steps: at 50 MB/s nobody who commits waits for it. */
const restMs = 20

/**
 * Gives space back that lies between frames which are still wanted, in the background, in the scope: a file goes when nothing leads
 * into it, and where topics keep their frames for unequal times that may be never. When less than half of all files is wanted, the
 * frames of those that hold the least are written anew, until two thirds are. So the files take at most about twice what is wanted.
 */
export function makeFrameCleaner(
  folder: string,
  store: Store,
  settings: FrameSettings
): Effect.Effect<void, never, Scope.Scope> {
  const { frames } = store
  const least = settings.leastGarbageBytes ?? leastGarbageBytes
  return Effect.gen(function* () {
    const due = yield* Latch.make(false)
    let looked = frames.released
    frames.whenReleased(() => {
      if (frames.released - looked >= Math.max(least / 2, frames.bytes / partLetGo)) due.openUnsafe()
    })
    const clean = Effect.gen(function* () {
      yield* due.await
      yield* due.close
      looked = frames.released
      for (const file of filesToClean(frames, yield* wantedBytes(folder, store), least))
        yield* emptyFile(folder, store, file)
    }).pipe(Effect.catch((error) => Effect.logWarning("frame files could not be cleaned yet", error)))
    yield* Effect.forkScoped(Effect.forever(clean))
  })
}

/** Of `wanted` bytes by file, the files whose frames are to be written anew, those with the fewest first. */
export function filesToClean(
  { sizes, writing }: Pick<FrameFiles, "sizes" | "writing">,
  wanted: ReadonlyMap<number, number>,
  least: number
): readonly number[] {
  const files = [...sizes].map(([file, bytes]) => ({ file, bytes, wanted: wanted.get(file) ?? 0 }))
  const all = files.reduce((sum, one) => sum + one.wanted, 0)
  let garbage = files.reduce((sum, one) => sum + one.bytes - one.wanted, 0)
  if (garbage <= all + least) return []
  const found: number[] = []
  const order = files
    .filter(({ file }) => file !== writing)
    .toSorted((left, right) => left.wanted / left.bytes - right.wanted / right.bytes)
  for (const one of order) {
    if (garbage <= all / 2) break
    garbage -= one.bytes - one.wanted
    if (one.wanted > 0) found.push(one.file)
  }
  return found
}

function wantedBytes(
  folder: string,
  store: Store
): Effect.Effect<ReadonlyMap<number, number>, TransportError> {
  return Effect.gen(function* () {
    const wanted = new Map<number, number>()
    for (let start = placedKey({ file: 0, position: 0 }); ;) {
      const page = yield* placesFrom(folder, store, { start, limit: mostPlaces })
      for (const { bytes, file } of page) wanted.set(file, (wanted.get(file) ?? 0) + bytes)
      const last = page.at(-1)
      if (last === undefined || page.length < mostPlaces) return wanted
      start = placedKey({ file: last.file, position: last.position + 1 })
      yield* Effect.yieldNow
    }
  })
}

/** Writes all frames of a file that are wanted behind all others. */
function emptyFile(folder: string, store: Store, file: number): Effect.Effect<void, TransportError> {
  return Effect.gen(function* () {
    for (let range = placesIn(file); ;) {
      const page = yield* placesFrom(folder, store, { ...range, limit: mostPlaces })
      const step = withinStep(page)
      const last = step.at(-1)
      if (last === undefined) return
      yield* Effect.try({
        try: () => store.commit(() => step.forEach((placed) => move(store, placed)), stepBytes),
        catch: (cause) => writeFailure(folder, stepBytes, cause)
      })
      range = { ...range, start: placedKey({ file, position: last.position + 1 }) }
      yield* Effect.sleep(restMs)
    }
  })
}

function placesFrom(
  folder: string,
  store: Store,
  range: { readonly start: Buffer; readonly end?: Buffer; readonly limit: number }
): Effect.Effect<readonly Placed[], TransportError> {
  return Effect.try({
    try: () =>
      store.read(() =>
        [...store.placed.entries(range)].map(({ key, value }) => {
          const placed = openPlaced(key, value)
          if (placed === undefined) throw corrupt(folder, "a place of a frame fails its CRC")
          return placed
        })
      ),
    catch: (cause) => readFailure(folder, cause)
  })
}

function withinStep(page: readonly Placed[]): readonly Placed[] {
  let bytes = 0
  const end = page.findIndex((placed) => (bytes += placed.bytes) > stepBytes)
  return end < 0 ? page : page.slice(0, Math.max(1, end))
}

/** Inside a transaction. */
function move(store: Store, { file, key, position }: Placed): void {
  const row = store.rows("log").get(key)
  const place = row === undefined ? undefined : openPlace(row)
  // Meanwhile dropped, or written anew.
  if (place?.file !== file || place.position !== position) return
  const value = store.frames.read(place)
  // One that is damaged stays as it is: who reads it is told.
  if (openValue(value) !== undefined) store.log.put(key, value)
}
