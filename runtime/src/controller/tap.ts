import { apiError, type RecordView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Transport, type TransportShape } from "../transport/transport.ts"
import type { RecordViewer } from "./record-view.ts"
import { readRecords } from "./topics.ts"
import { runOf } from "./status.ts"

export interface TapRequest {
  readonly pipeline: string
  readonly node: string
  readonly limit: number
}

/**
 * The next records that a node gives, as they come. A node in the middle of a chain writes no topic: it is answered
 * with the records of the nearest topic after it in its chain, which is said by their `topic`.
 */
export const tapNode = Effect.fn("tapNode")(function* (request: TapRequest, viewer: RecordViewer) {
  const { plan, running } = yield* runOf(request.pipeline)
  const chain = plan.physical.chains.find(({ segments }) =>
    segments.some(({ nodes }) => nodes.some(({ spec }) => spec.node === request.node))
  )
  if (chain === undefined)
    return yield* apiError("NODE_UNKNOWN", {
      pipeline: request.pipeline,
      node: request.node,
      nodes: plan.nodes.map(({ name }) => name)
    })
  const topic = chain.outputs[0]?.topic ?? chain.inputs[0]?.topic
  const state = running?.state() ?? "failed"
  if (topic === undefined || state === "failed" || state === "stopped")
    return yield* apiError("PIPELINE_NOT_RUNNING", { pipeline: request.pipeline, state })
  const transport = yield* Transport
  return following({ topic, transport, viewer }).pipe(Stream.take(request.limit))
})

interface Following {
  readonly topic: string
  readonly transport: TransportShape
  readonly viewer: RecordViewer
}

/** Records of a topic from its present ends on. */
const following = ({ topic, transport, viewer }: Following): Stream.Stream<RecordView, never> => {
  const inLog = Effect.provideService(Transport, transport)
  const partition = (number: number) =>
    Stream.unwrap(
      Effect.map(Effect.orDie(transport.end(topic, number)), (end) =>
        Stream.paginate(end, (from: bigint) =>
          Effect.gen(function* () {
            yield* transport.waitFor(topic, number, from)
            const page = yield* readRecords({ topic, partition: number, from, limit: 1_000 }, viewer)
            const next = page.next[String(number)]
            return [
              page.records.filter((record) => record.control === undefined),
              Option.some(next === undefined ? from : BigInt(next))
            ] as const
          }).pipe(Effect.orDie, inLog)
        )
      )
    )
  const partitions = Effect.map(
    Effect.orDie(transport.topics),
    (topics) => topics.find(({ name }) => name === topic)?.partitions ?? 0
  )
  return Stream.unwrap(
    Effect.map(partitions, (count) =>
      Stream.mergeAll(
        Array.from({ length: count }, (_, number) => partition(number)),
        { concurrency: "unbounded" }
      )
    )
  )
}
