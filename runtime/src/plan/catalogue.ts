import type { CatalogueTopic } from "./dependencies.ts"
import type { Plan } from "./plan.ts"

export interface Catalogue {
  readonly topic: (name: string) => CatalogueTopic | undefined
  /** Named streams, in the order of their names. */
  readonly streams: readonly string[]
}

/** The topics of all pipelines that are applied, from the plans that run. */
export const catalogueOf = (plans: readonly Plan[]): Catalogue => {
  const topics = new Map<string, CatalogueTopic>()
  for (const plan of plans) {
    for (const topic of plan.topics) {
      const { name, internal, partitions, schema, key, bounded, producers } = topic
      const pipeline = plan.pipeline.pipeline
      topics.set(name, { name, pipeline, internal, partitions, schema, key, bounded, producers })
    }
  }
  const streams = [...topics.values()].filter((topic) => !topic.internal).map((topic) => topic.name)
  return { topic: (name) => topics.get(name), streams: streams.toSorted() }
}
