import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Commit, TaskId, TransportShape } from "../../transport/transport.ts"
import { controlFrame } from "../input/frames.ts"
import { fromTransport } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"
import { announcedName } from "../time/watermark.ts"

/** Every partition that a chain writes to, and the task of the chain's own that speaks there for all of its tasks. */
export interface ChainOutputs {
  readonly transport: TransportShape
  readonly run: string | undefined
  readonly task: TaskId
  readonly targets: readonly { readonly topic: string; readonly partition: number }[]
}

/** Says how many tasks the chain has: a reader waits for the watermark of each. Written again only when the number changes. */
export function announceTasks(outputs: ChainOutputs, tasks: number): Effect.Effect<void, TaskFailure> {
  return Effect.gen(function* () {
    const log = yield* outputs.transport.openTask(outputs.task, undefined, outputs.run)
    if ((yield* log.checkpoint)?.watermarks[announcedName] === tasks) return
    const now = yield* Clock.currentTimeMillis
    yield* log.commit({
      ...controlCommit(outputs, controlFrame("active", tasks), now),
      watermarks: { [announcedName]: tasks },
      completed: false
    })
  }).pipe(Effect.mapError(fromTransport))
}

/** {@link announceTasks} for all tasks of a unit, until it was done once. */
export function announceOnce(outputs: ChainOutputs, tasks: number): Effect.Effect<void, TaskFailure> {
  const turn = Semaphore.makeUnsafe(1)
  let isDone = false
  return turn.withPermit(
    Effect.suspend(() => {
      if (isDone) return Effect.void
      // Another worker may be at it at the same time: who comes later finds it said.
      return Effect.map(
        Effect.retry(announceTasks(outputs, tasks), {
          while: ({ code }) => code === "TRANSPORT_FENCED",
          times: 5
        }),
        () => {
          isDone = true
        }
      )
    })
  )
}

/** Writes the chain's end of input, once: the checkpoint says that it is done. */
export function endOutputs(outputs: ChainOutputs): Effect.Effect<void, TaskFailure> {
  return Effect.gen(function* () {
    const log = yield* outputs.transport.openTask(outputs.task, undefined, outputs.run)
    if ((yield* log.checkpoint)?.completed === true) return
    const now = yield* Clock.currentTimeMillis
    yield* log.commit({
      ...controlCommit(outputs, controlFrame("end", now), now),
      watermarks: {},
      completed: true
    })
  }).pipe(Effect.mapError(fromTransport))
}

function controlCommit(
  { targets }: ChainOutputs,
  frame: Uint8Array,
  now: number
): Omit<Commit, "completed" | "watermarks"> {
  return {
    outputs: targets.map((target) => ({ ...target, frame })),
    state: new Uint8Array(0),
    offsets: [],
    positions: {},
    tokens: {},
    counts: {},
    now
  }
}
