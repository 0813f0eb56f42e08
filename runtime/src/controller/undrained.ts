import * as Effect from "effect/Effect"
import type { Plan } from "../plan/index.ts"
import { Transport } from "../transport/transport.ts"
import { inboxNode, inboxTopic, listeningNodes, readPosition } from "../worker/inbox/inbox-settings.ts"

/**
 * Topics between chains that a new plan has no more and that still hold records which their readers have not taken:
 * to drop them would lose records. Asked while the pipeline stands still.
 */
export const undrainedTopics = Effect.fn("undrainedTopics")(function* (before: Plan, next: Plan) {
  const transport = yield* Transport
  const kept = new Set(next.topics.map(({ name }) => name))
  const { pipeline } = before.pipeline
  const checkpoints = yield* transport.checkpoints(pipeline)
  const known = new Map((yield* transport.topics).map((topic) => [topic.name, topic.partitions]))
  const gone = new Set(
    before.topics.filter(({ internal, name }) => internal && !kept.has(name)).map(({ name }) => name)
  )
  const undrained: string[] = []
  for (const { head, inputs } of before.physical.chains) {
    for (const { topic } of inputs) {
      if (!gone.has(topic) || undrained.includes(topic)) continue
      for (let partition = 0; partition < (known.get(topic) ?? 0); partition++) {
        const place = checkpoints.find(({ task }) => task.node === head && task.partition === partition)
        const next =
          place?.checkpoint.offsets.find((offset) => offset.topic === topic && offset.partition === partition)
            ?.next ?? 0n
        if ((yield* transport.end(topic, partition)) > next) {
          undrained.push(topic)
          break
        }
      }
    }
  }
  const listening = new Set(listeningNodes(next.physical).map(({ node }) => node))
  for (const { node } of listeningNodes(before.physical)) {
    if (listening.has(node)) continue
    const topic = inboxTopic(pipeline, node)
    const place = checkpoints.find(({ task }) => task.node === inboxNode(node))?.checkpoint.positions[
      readPosition
    ]
    if (known.has(topic) && (yield* transport.end(topic, 0)) > BigInt(place ?? 0)) undrained.push(topic)
  }
  return undrained
})
