import type { MessageReader } from "./message-reader.ts"
import type { MessageWriter } from "./message-writer.ts"

/**
 * A request of the Kafka protocol in the one version that we speak: of those that Kafka 3.1 to 4.x have in common, the first
 * that has what we need.
 */
export interface Api<Request, Answer> {
  readonly key: number
  readonly version: number
  readonly name: string
  readonly isFlexible: boolean
  /** One without an answer may have been carried out. */
  readonly isWrite: boolean
  readonly write: (writer: MessageWriter, request: Request) => void
  readonly read: (reader: MessageReader) => Answer
}

/** A topic's part of a request: Kafka nests partitions below topics. */
export interface TopicGroup<A> {
  readonly topic: string
  readonly items: readonly A[]
}

/** The same in Kafka's order: partitions below their topics, topics as they come first. */
export function byTopic<A extends { readonly topic: string }>(items: readonly A[]): readonly TopicGroup<A>[] {
  const groups = Map.groupBy(items, ({ topic }) => topic)
  return [...groups].map(([topic, each]) => ({ topic, items: each }))
}

/** What is answered for a partition. */
export interface PartitionCode {
  readonly topic: string
  readonly partition: number
  readonly code: number
}
