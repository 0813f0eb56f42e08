import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import { Failpoint } from "../../telemetry/failpoint.ts"
import type { TransportError } from "../transport.ts"
import { writeFailure } from "./failure.ts"
import type { TaskState } from "./task-state.ts"

/** A task's deltas are folded beyond either; so a restart has little to read, and a fold blocks others for about 100 ms at most. */
const maxTaskBytes = 4 * 1024 * 1024
const maxTaskKeys = 8_192
/** Beyond this over all tasks, the largest is folded: what a restart reads in well under 2 s. */
const maxTotalBytes = 32 * 1024 * 1024

export interface Folder {
  /** To be called when deltas have been added. */
  readonly grown: () => void
}

/** Folds deltas into the ordered store in the background, in the scope. A fold that fails is tried again at the next growth. */
export function makeFolder(
  folder: string,
  tasks: () => readonly TaskState[]
): Effect.Effect<Folder, never, Scope.Scope> {
  return Effect.gen(function* () {
    const failpoint = yield* Failpoint
    const latch = yield* Latch.make(false)
    const foldDue = Effect.gen(function* () {
      yield* latch.await
      yield* latch.close
      for (let due = nextDue(tasks()); due !== undefined; due = nextDue(tasks())) {
        yield* foldTask(folder, due, () => failpoint("while-folding"))
        yield* Effect.yieldNow
      }
    }).pipe(Effect.catch((error) => Effect.logWarning("state could not be folded yet", error)))
    yield* Effect.forkScoped(Effect.forever(foldDue))
    return {
      grown: () => {
        if (nextDue(tasks()) !== undefined) latch.openUnsafe()
      }
    }
  })
}

export function foldTask(
  folder: string,
  task: TaskState,
  midway: () => void
): Effect.Effect<void, TransportError> {
  return Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.try({
      try: () => task.fold(now, midway),
      catch: (cause) => writeFailure(folder, task.pendingBytes, cause)
    })
  )
}

function nextDue(tasks: readonly TaskState[]): TaskState | undefined {
  let total = 0
  let largest: TaskState | undefined
  for (const task of tasks) {
    if (task.pendingBytes > maxTaskBytes || task.pendingKeys > maxTaskKeys) return task
    total += task.pendingBytes
    if (task.pendingBytes > (largest?.pendingBytes ?? 0)) largest = task
  }
  return total > maxTotalBytes ? largest : undefined
}
