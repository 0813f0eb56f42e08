import { rmdirSync } from "node:fs"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { SandboxPool } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import { embeddedTransport } from "../../transport/embedded/index.ts"
import { Transport, type TransportShape } from "../../transport/transport.ts"
import { makeMeters, type WorkerEnvironment } from "../../worker/worker-environment.ts"
import { openAppender } from "../dev/input/append-records.ts"
import type { DevInput } from "../dev/input/dev-inputs.ts"

const budgetKiB = 65_536

/**
 * A worker's surroundings with an embedded log of its own, in a new folder below `data`: on the disk that the author's platform
 * would use. The folder is gone when the scope closes.
 */
export const openSurroundings = Effect.fn("openSurroundings")(function* (data: string) {
  const folder = yield* ownFolder(data)
  const services = yield* Layer.build(embeddedTransport({ folder: join(folder, "log") }))
  const environment: WorkerEnvironment = {
    transport: Context.get(services, Transport),
    pool: yield* SandboxPool,
    seedKey: new Uint8Array(32),
    byteBudget: Semaphore.makeUnsafe(budgetKiB),
    budgetKiB,
    meters: makeMeters(yield* Clock.currentTimeMillis),
    onLog: () => Effect.void
  }
  return environment
})

const ownFolder = Effect.fnUntraced(function* (data: string) {
  const fs = yield* FileSystem.FileSystem
  const isOurs = !(yield* Effect.orElseSucceed(fs.exists(data), () => true))
  yield* Effect.orDie(fs.makeDirectory(data, { recursive: true }))
  // What was made for this alone goes with it, unless somebody has put something there meanwhile.
  if (isOurs)
    yield* Effect.addFinalizer(() =>
      Effect.ignore(Effect.try({ try: () => rmdirSync(data), catch: (error) => error }))
    )
  return yield* Effect.orDie(fs.makeTempDirectoryScoped({ directory: data, prefix: "bench-" }))
})

const rowsAtOnce = 1_000

/** Puts the rows of a lookup table into its topic. */
export const appendRows = Effect.fn("appendRows")(function* (transport: TransportShape, table: DevInput) {
  const appender = yield* openAppender(transport, table.stream, table)
  const count = table.supply.count ?? 0
  for (let from = 0; from < count; from += rowsAtOnce)
    yield* appender.append(table.supply.take(from, rowsAtOnce), { run: 0, next: from + rowsAtOnce })
})
