import { apiError, type RecordView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Plan } from "../plan/index.ts"
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
 * The next records that a node gives, as they come: from the topic that it writes, or, for a sink that reads one, from
 * that. A node in the middle of a chain writes none: it is refused, with the nodes that can be tapped.
 */
export const tapNode = Effect.fn("tapNode")(function* (request: TapRequest, viewer: RecordViewer) {
  const { plan, running } = yield* runOf(request.pipeline)
  const { node, pipeline } = request
  const nodes = plan.nodes.map(({ name }) => name)
  if (!nodes.includes(node)) return yield* apiError("NODE_UNKNOWN", { pipeline, node, nodes })
  const tappable = topicsByNode(plan)
  const topic = tappable.get(node)
  if (topic === undefined) return yield* apiError("NODE_WITHOUT_TOPIC", { node, nodes: [...tappable.keys()] })
  const state = running?.state() ?? "failed"
  if (state === "failed" || state === "stopped")
    return yield* apiError("PIPELINE_NOT_RUNNING", { pipeline, state })
  const transport = yield* Transport
  return following({ topic, transport, viewer }).pipe(Stream.take(request.limit))
})

/** Where the records of a node can be looked at. */
const topicsByNode = (plan: Plan): ReadonlyMap<string, string> =>
  new Map(
    plan.physical.chains.flatMap((chain) => {
      const names = chain.segments.flatMap(({ nodes }) => nodes.map(({ spec }) => spec.node))
      const last = names.at(-1)
      const topic = chain.outputs[0]?.topic ?? (names.length === 1 ? chain.inputs[0]?.topic : undefined)
      return last === undefined || topic === undefined ? [] : [[last, topic] as const]
    })
  )

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
