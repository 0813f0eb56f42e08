import { wholeCounts } from "../../transport/counts.ts"
import type { Checkpoint } from "../../transport/transport.ts"
import type { SavedTask } from "./savepoint-head.ts"

/** How what a savepoint says becomes what the pipeline that takes it has. */
export interface Renaming {
  readonly from: string
  readonly to: string
  /** Topics that the pipeline writes and reads itself, by their names in the savepoint. */
  readonly topics: ReadonlyMap<
    string,
    { readonly name: string; readonly offset: (partition: number, next: bigint) => bigint }
  >
  /** Nodes whose sink tokens still mean something. */
  readonly sinks: ReadonlySet<string>
}

/** A task's place under the new names. */
export const renamedCheckpoint = (saved: SavedTask, renaming: Renaming): Checkpoint => {
  const { node: _, partition: __, ...rest } = saved
  return {
    ...rest,
    counts: wholeCounts(saved.counts),
    ledger: {},
    offsets: saved.offsets.flatMap(({ next, partition, topic }) => {
      const own = renaming.topics.get(topic)
      if (own !== undefined)
        return [{ topic: own.name, partition, next: own.offset(partition, BigInt(next)) }]
      // Replays of dead letters are of the pipeline that they failed in.
      const isOwn = topic.startsWith(`${renaming.from}.`) && renaming.from !== renaming.to
      return isOwn ? [] : [{ topic, partition, next: BigInt(next) }]
    }),
    tokens: Object.fromEntries(Object.entries(saved.tokens).filter(([node]) => renaming.sinks.has(node))),
    watermarks: Object.fromEntries(
      Object.entries(saved.watermarks).map(([name, value]) => [renamedMark(name, renaming), value])
    )
  }
}

/** `TOPIC PRODUCER`, with a task's number and a word behind it; other names are of the task alone (worker/time/watermark.ts). */
const renamedMark = (name: string, { from, to, topics }: Renaming): string => {
  const [topic = "", producer, ...more] = name.split(" ")
  if (producer === undefined) return name
  const own = producer.startsWith(`${from}/`) ? `${to}${producer.slice(from.length)}` : producer
  return [topics.get(topic)?.name ?? topic, own, ...more].join(" ")
}
