import type { Plan } from "../plan/index.ts"
import type { TaskFacts } from "../worker/task/task-facts.ts"

/** What a chain's first node took; of a source what it gave. A chain that only repartitions has no nodes, but offsets. */
export const taskRecords = ({ checkpoint, task }: TaskFacts, plan: Plan): number => {
  const counts = checkpoint?.counts[task.node]
  const chain = plan.physical.chains.find(({ head }) => head === task.node)
  if (chain?.segments.length === 0)
    return (checkpoint?.offsets ?? []).reduce((sum, { next }) => sum + Number(next), 0)
  return (chain?.partitions === "source" ? counts?.out : counts?.in) ?? 0
}
