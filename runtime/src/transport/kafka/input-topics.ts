import * as Effect from "effect/Effect"
import { TransportError } from "../transport.ts"
import type { Checkpoint, InputOffset } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { asking } from "./kafka-failure.ts"

/** What a task's offsets go by beside names: a topic that is deleted and made anew has another id, and its offsets mean other records. */
export interface InputTopics {
  readonly client: Pick<KafkaClient, "topics">
  /** Of a topic of ours, its name in Kafka; undefined where there is none. */
  readonly inputName: (topic: string) => string | undefined
  /** Id of the topic that a partition was read from last; empty or undefined where it was not read yet. */
  readonly readFrom: (topic: string, partition: number) => string | undefined
}

/** Fails with `topicReset` where a topic that the checkpoint speaks of is not the one that was read. */
export const checkInputs = Effect.fnUntraced(function* (topics: InputTopics, { offsets }: Checkpoint) {
  const read = offsets.filter(({ next, topicId }) => topicId !== undefined && next > 0n)
  const now = yield* idsOf(topics, read)
  for (const offset of read) {
    const found = now.get(offset.topic)
    if (found !== undefined && found !== offset.topicId) return yield* madeAnew(topics, offset)
  }
})

/** The offsets with the ids of their topics, as they were read. Fails with `topicReset` where another one was read up to `last`. */
export const withReadIds = Effect.fnUntraced(function* (
  topics: InputTopics,
  offsets: readonly InputOffset[],
  last: Checkpoint | undefined
) {
  const marked: InputOffset[] = []
  for (const offset of offsets) {
    const { partition, topic } = offset
    const before = last?.offsets.find((each) => each.topic === topic && each.partition === partition)
    const topicId = topics.readFrom(topic, partition) ?? ""
    if (topicId === "") {
      marked.push(before?.topicId === undefined ? offset : { ...offset, topicId: before.topicId })
      continue
    }
    // INVARIANT: offsets of one topic are never taken for those of another.
    if (before?.topicId !== undefined && before.next > 0n && before.topicId !== topicId)
      return yield* madeAnew(topics, before)
    marked.push({ ...offset, topicId })
  }
  return marked
})

/** The offsets with the ids that their topics have now: of a place that nobody has read up to, but that is chosen. */
export const withPresentIds = Effect.fnUntraced(function* (
  topics: InputTopics,
  offsets: readonly InputOffset[]
) {
  const now = yield* idsOf(topics, offsets)
  return offsets.map((offset): InputOffset => {
    const topicId = now.get(offset.topic)
    return topicId === undefined ? offset : { ...offset, topicId }
  })
})

/** Ids by our names; a topic that is not there has none. */
const idsOf = Effect.fnUntraced(function* (
  { client, inputName }: InputTopics,
  offsets: readonly InputOffset[]
) {
  const names = new Map(
    offsets.flatMap(({ topic }) => {
      const name = inputName(topic)
      return name === undefined ? [] : [[name, topic]]
    })
  )
  const ids = new Map<string, string>()
  if (names.size === 0) return ids
  for (const { error, id, name } of yield* asking(() => client.topics([...names.keys()]))) {
    const topic = names.get(name)
    if (error === undefined && topic !== undefined) ids.set(topic, id)
  }
  return ids
})

const madeAnew = (
  { inputName }: InputTopics,
  { next, partition, topic }: InputOffset
): Effect.Effect<never, TransportError> =>
  Effect.fail(
    new TransportError({
      reason: "topicReset",
      message: `Kafka: topic ${inputName(topic) ?? topic} was deleted and made anew since its partition ${partition} was read up to offset ${next}: what it holds now are other records. Set the pipeline back to them, by 'millrace pipeline reset PIPELINE --to 0'`
    })
  )
