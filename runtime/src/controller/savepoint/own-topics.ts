import type { Plan, PlannedTopic } from "../../plan/plan.ts"
import type { PhysicalPlan } from "../../plan/physical.ts"

/** A topic that a pipeline both writes and reads: what is unread in it belongs to the pipeline's own state. */
export interface OwnTopic {
  readonly topic: PlannedTopic
  /** Heads of the chains that read it as an input. */
  readonly readers: readonly string[]
  /** It feeds a lookup table, which is read whole at every start. */
  readonly isTable: boolean
}

export const ownTopics = (plan: Plan): readonly OwnTopic[] =>
  plan.topics.flatMap((topic) => {
    const { chains }: Pick<PhysicalPlan, "chains"> = plan.physical
    const readers = chains.filter(({ inputs }) => inputs.some((input) => input.topic === topic.name))
    const isTable = chains.some(({ tables }) => tables.some((table) => table.topic === topic.name))
    return readers.length === 0 && !isTable
      ? []
      : [{ topic, isTable, readers: readers.map(({ head }) => head) }]
  })

/** What a topic holds, whatever it is called. */
export const producerText = ({ producer }: PlannedTopic): string | undefined =>
  producer === undefined ? undefined : `${producer.node}.${producer.output}`
