import * as Effect from "effect/Effect"
import type { Gate } from "../gate.ts"
import { openTask } from "./task.ts"
import type { Task, TaskParts } from "./task.ts"
import { fromCause } from "./task-failure.ts"
import type { TaskFailure } from "./task-failure.ts"

const firstBackoffMs = 250
const maxBackoffMs = 30_000

/**
 * Runs a task's loop until it stops. What passes with time is tried again from the last commit, after a backoff that
 * doubles from 250 ms to 30 s and begins anew when a batch was committed in between; anything else fails the task. Never
 * fails itself: `facts` tell.
 */
export function superviseTask(
  parts: TaskParts,
  loop: (task: Task) => Effect.Effect<void, TaskFailure>
): Effect.Effect<void> {
  const { facts, gate } = parts
  const attempt = Effect.flatMap(openTask(parts), (task) => Effect.ensuring(loop(task), task.log.close))
  const isShared = parts.environment.placement?.isShared === true
  return Effect.gen(function* () {
    let backoffMs = firstBackoffMs
    for (;;) {
      const batches = facts.batches
      const failure = yield* Effect.matchCause(attempt, {
        onSuccess: () => undefined,
        onFailure: fromCause
      })
      if (failure === undefined) {
        facts.state = facts.checkpoint?.completed === true ? "completed" : "stopped"
        return
      }
      if (isShared && failure.code === "TRANSPORT_SUPERSEDED") {
        facts.state = "stopped"
        return
      }
      facts.error = failure
      // Who fenced it may be a worker that did not know yet that it had lost the task.
      const passes = failure.transient || (isShared && failure.code === "TRANSPORT_FENCED")
      if (!passes) {
        facts.state = "failed"
        yield* report(parts, failure)
        return
      }
      facts.state = "retrying"
      facts.retries += 1
      facts.failedAttempts += 1
      backoffMs = facts.batches > batches ? firstBackoffMs : Math.min(backoffMs * 2, maxBackoffMs)
      if ((yield* backoff(gate, backoffMs)) === "stop") return
      facts.error = undefined
    }
  })
}

/** For steps outside a task's loop: tried again while their failure passes with time and the pipeline is not stopping. */
export const retryTransient = Effect.fnUntraced(function* <A, R>(
  gate: Gate,
  onRetry: (failure: TaskFailure) => void,
  step: Effect.Effect<A, TaskFailure, R>
): Effect.fn.Return<A, TaskFailure, R> {
  for (let backoffMs = firstBackoffMs; ; backoffMs = Math.min(backoffMs * 2, maxBackoffMs)) {
    const outcome = yield* Effect.match(step, {
      onSuccess: (value) => ({ value }),
      onFailure: (failure) => ({ failure })
    })
    if ("value" in outcome) return outcome.value
    onRetry(outcome.failure)
    if (!outcome.failure.transient || (yield* backoff(gate, backoffMs)) === "stop")
      return yield* Effect.fail(outcome.failure)
  }
})

const backoff = Effect.fnUntraced(function* (
  gate: Gate,
  milliseconds: number
): Effect.fn.Return<"go" | "stop"> {
  yield* gate.whileOpen(Effect.sleep(milliseconds))
  return yield* gate.pass
})

function report({ id, chain }: TaskParts, failure: TaskFailure): Effect.Effect<void> {
  return Effect.logError("task failed", failure.message).pipe(
    Effect.annotateLogs({
      pipeline: chain.pipeline,
      chain: id.node,
      partition: id.partition,
      code: failure.code,
      ...(failure.node === undefined ? {} : { node: failure.node })
    })
  )
}
