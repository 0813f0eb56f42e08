import * as Effect from "effect/Effect"
import type { Finding, Path, Pipeline } from "../pipeline/index.ts"
import type { CatalogueTopic, PlanDependencies } from "./dependencies.ts"
import type { PlannedTopic } from "./plan.ts"

/** Longest name of a topic (Kafka's rule). */
const maxTopicName = 249

/** Topics that would collide with each other, or with what other pipelines have, or that would have to be cut anew. */
export const checkTopics = Effect.fnUntraced(function* (
  pipeline: Pipeline,
  topics: readonly PlannedTopic[],
  dependencies: PlanDependencies
) {
  const findings: Finding[] = []
  const seen = new Set<string>()
  for (const topic of topics) {
    const path = pathOf(pipeline, topic)
    if (seen.has(topic.name))
      findings.push(taken(topic, `${pipeline.pipeline} itself, between its nodes`, path))
    seen.add(topic.name)
    if (topic.name.length > maxTopicName) findings.push(tooLong(topic, path))
    const existing = yield* dependencies.topic(topic.name)
    if (existing === undefined) continue
    if (existing.pipeline !== pipeline.pipeline)
      findings.push(taken(topic, `the pipeline ${existing.pipeline}`, path))
    else if (existing.partitions !== topic.partitions) findings.push(recut(topic, existing, path))
  }
  return findings
})

const pathOf = (pipeline: Pipeline, { producer, internal }: PlannedTopic): Path => {
  if (producer === undefined) return ["pipeline"]
  const options = pipeline.nodes[producer.node]?.outputs
  const several = options !== undefined && Object.hasOwn(options, producer.output)
  const node = ["nodes", producer.node, ...(several ? ["outputs", producer.output] : [])]
  return internal ? node : [...node, "stream"]
}

const taken = ({ name }: PlannedTopic, by: string, path: Path): Finding => ({
  code: "STREAM_TAKEN",
  message: `${name} is already a topic of ${by}`,
  path,
  remedy: "Give the stream, or the node, another name; to read the other one, say from: { stream: … }."
})

const tooLong = ({ name }: PlannedTopic, path: Path): Finding => ({
  code: "NAME_INVALID",
  message: `The topic ${name} would have a name of more than ${maxTopicName} characters`,
  path,
  remedy: "Shorten the names that it is made of."
})

const recut = (topic: PlannedTopic, existing: CatalogueTopic, path: Path): Finding => ({
  code: "PARTITIONS_CHANGED",
  message: `${topic.name} has ${existing.partitions} partitions, which never change; ${topic.partitions} are asked for`,
  path,
  remedy: `Say partitions: ${existing.partitions}, or give the ${topic.internal ? "node" : "stream"} another name.`
})
