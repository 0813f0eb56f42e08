import type { PipelineStatus } from "@millrace/sdk/api"

export type Task = PipelineStatus["tasks"][number]

/** What tasks had taken at a moment, by `CHAIN/PARTITION`. */
export interface Sample {
  /** ms */
  readonly at: number
  readonly records: ReadonlyMap<string, number>
}

/** How much of its chain's work a task has. */
export interface TaskLoad {
  readonly task: Task
  /** Records a second over the samples; undefined before there are two. */
  readonly rate: number | undefined
  /** Of the chain's records, 0 to 1: over the samples where they have enough of them, else since the pipeline was made; undefined where neither has. */
  readonly share: number | undefined
  /** Its share is far above an even one. */
  readonly isCrowded: boolean
}

/** Samples that rates are taken over. */
const kept = 6
/** Fewer records tell nothing of how they are spread. */
const enough = 100

const nameOf = ({ chain, partition }: Task): string => `${chain}/${partition}`

/** The samples with the newest; those of before a pipeline began anew are dropped. */
export const withSample = (
  samples: readonly Sample[],
  tasks: readonly Task[],
  at: number
): readonly Sample[] => {
  const records = new Map(tasks.map((task) => [nameOf(task), task.records]))
  const last = samples.at(-1)
  if (last?.at === at) return samples
  const isAnew = [...(last?.records ?? [])].some(([name, before]) => (records.get(name) ?? 0) < before)
  return [...(isAnew ? [] : samples.slice(1 - kept)), { at, records }]
}

/** The load of each task, as the tasks are ordered. */
export const taskLoads = (tasks: readonly Task[], samples: readonly Sample[]): readonly TaskLoad[] => {
  const [first] = samples
  const last = samples.at(-1)
  const seconds = first === undefined || last === undefined ? 0 : (last.at - first.at) / 1_000
  const grown = (task: Task): number => task.records - (first?.records.get(nameOf(task)) ?? task.records)
  const chains = Map.groupBy(tasks, ({ chain }) => chain)
  return tasks.map((task) => {
    const own = chains.get(task.chain) ?? [task]
    const share = shareOf(task, own, grown) ?? shareOf(task, own, ({ records }) => records)
    return {
      task,
      rate: seconds > 0 ? grown(task) / seconds : undefined,
      share,
      isCrowded: share !== undefined && own.length > 1 && share >= crowdedShare(own.length)
    }
  })
}

const shareOf = (task: Task, chain: readonly Task[], of: (task: Task) => number): number | undefined => {
  const all = chain.reduce((sum, each) => sum + of(each), 0)
  return all < enough ? undefined : of(task) / all
}

/** Twice an even share, or half way from it to everything, whichever is less: of two tasks three quarters, of eight one. */
const crowdedShare = (tasks: number): number => Math.min(2 / tasks, (1 / tasks + 1) / 2)
