import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { noChange } from "../../controller/run-marks.ts"
import { RunningPipelines } from "../../controller/running-pipelines.ts"
import { PipelineStore } from "../../controller/store.ts"
import { Transport } from "../../transport/transport.ts"

/**
 * Stops a pipeline, forgets the state, positions and counts of its nodes, and starts it again behind what its inputs hold now: a
 * processor begins with empty state, a source from its beginning.
 */
export const beginAnew = Effect.fn("beginAnew")(function* (pipeline: string, inputs: readonly string[]) {
  const running = yield* RunningPipelines
  const store = yield* PipelineStore
  const transport = yield* Transport
  const stored = yield* store.get(pipeline)
  if (stored === undefined) return
  yield* running.stop(pipeline)
  const checkpoints = yield* transport.checkpoints(pipeline)
  const nodes = [...new Set(checkpoints.map(({ task }) => task.node).filter((node) => !node.startsWith("~")))]
  if (nodes.length > 0) yield* transport.forget(pipeline, nodes)
  const now = yield* Clock.currentTimeMillis
  const offsets = yield* Effect.forEach(inputs, (topic) =>
    Effect.map(transport.end(topic, 0), (next) => ({ topic, partition: 0, next }))
  )
  const [node] = nodes
  if (node !== undefined && offsets.length > 0) {
    const log = yield* transport.openTask({ pipeline, node, partition: 0 })
    yield* log.commit({ ...noChange, offsets, completed: false, now })
  }
  yield* running.carryOut(stored)
})
