import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { BatchContext } from "./chain-run.ts"
import { sinkId } from "../task/task.ts"
import type { Task } from "../task/task.ts"

/** Where a sink's batch lies; `suffix` makes its id. */
export interface SinkPlace {
  readonly suffix: string
  readonly firstOffset: bigint
  readonly lastOffset: bigint
}

/** The context of the next batch, its clock read now. */
export function batchContext(
  task: Task,
  sink: SinkPlace | undefined,
  end: boolean
): Effect.Effect<BatchContext> {
  return Effect.map(Clock.currentTimeMillis, (now) => {
    const node = task.chain.plan.sink?.node
    const tokenJson = node === undefined ? undefined : task.facts.checkpoint?.tokens[node]
    return {
      partition: task.id.partition,
      now,
      seed: task.seed,
      tables: task.chain.tables.map((table) => table.input),
      sink:
        sink === undefined
          ? undefined
          : {
              id: `${sinkId(task)}/${sink.suffix}`,
              firstOffset: sink.firstOffset,
              lastOffset: sink.lastOffset,
              tokenJson
            },
      end
    }
  })
}
