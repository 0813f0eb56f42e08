import { canonicalJson } from "../../pipeline/index.ts"
import type { Plan, PlannedNode, PlannedTopic } from "../plan.ts"
import { chainChanges } from "./chain-changes.ts"
import { nodeAspects } from "./node-aspects.ts"
import { stateChanges, type StateChange } from "./state-changes.ts"

/** What applying a plan would change. */
export interface PlanDifference {
  readonly wouldChange: boolean
  /** In the order of the data; removed ones last. */
  readonly nodes: readonly NodeChange[]
  readonly topics: readonly TopicChange[]
  /** What becomes of the places that tasks have reached in what they read. */
  readonly cursors: readonly string[]
}

export interface NodeChange {
  readonly node: string
  readonly change: "added" | "removed" | "changed"
  readonly plugin: string
  /** What differs, of a changed one. */
  readonly aspects: readonly Aspect[]
  readonly state: readonly StateChange[]
}

/** `what`: `version`, `config.where`, `output.schema.price`, `permissions`, … */
export interface Aspect {
  readonly what: string
  readonly from: string | undefined
  readonly to: string | undefined
}

export interface TopicChange {
  readonly topic: string
  readonly change: "added" | "removed" | "changed"
  readonly internal: boolean
  readonly why: string
}

/** Compares a plan with the one that runs; undefined: nothing runs yet. */
export const diffPlans = (current: Plan | undefined, next: Plan): PlanDifference => {
  const before = new Map(current?.nodes.map((node) => [node.name, node]))
  const after = new Map(next.nodes.map((node) => [node.name, node]))
  const nodes = [
    ...next.nodes.flatMap((node) => changeOf(before.get(node.name), node, current, next)),
    ...[...before.values()].filter((node) => !after.has(node.name)).map(removed)
  ]
  const topics = topicChanges(current?.topics ?? [], next.topics)
  const cursors = current === undefined ? [] : chainChanges(current, next)
  const about = headChanged(current, next)
  const wouldChange = nodes.length + topics.length + cursors.length > 0 || about
  return { wouldChange, nodes, topics, cursors }
}

/** What changes no node: owner, description, and what is said of alerts. */
const headChanged = (current: Plan | undefined, next: Plan): boolean =>
  current !== undefined && headOf(current) !== headOf(next)

const headOf = ({ pipeline: { nodes: _, ...head } }: Plan): string => canonicalJson(head)

const changeOf = (
  before: PlannedNode | undefined,
  node: PlannedNode,
  current: Plan | undefined,
  next: Plan
): readonly NodeChange[] => {
  if (before === undefined || current === undefined) {
    return [{ node: node.name, change: "added", plugin: node.plugin, aspects: [], state: [] }]
  }
  const aspects = nodeAspects(before, node, current, next)
  if (aspects.length === 0) return []
  return [
    { node: node.name, change: "changed", plugin: node.plugin, aspects, state: stateChanges(before, node) }
  ]
}

const removed = (node: PlannedNode): NodeChange => ({
  node: node.name,
  change: "removed",
  plugin: node.plugin,
  aspects: [],
  state: node.state.map(({ name }) => ({ state: name, fate: "lost", why: "its node is removed" }))
})

const topicChanges = (
  before: readonly PlannedTopic[],
  after: readonly PlannedTopic[]
): readonly TopicChange[] => {
  const old = new Map(before.map((topic) => [topic.name, topic]))
  const kept = new Set(after.map((topic) => topic.name))
  const describe = ({ name, internal }: PlannedTopic) => ({ topic: name, internal })
  return [
    ...after.flatMap((topic): readonly TopicChange[] => {
      const previous = old.get(topic.name)
      if (previous === undefined) return [{ ...describe(topic), change: "added", why: topic.why }]
      const why = topicDifference(previous, topic)
      return why === undefined ? [] : [{ ...describe(topic), change: "changed", why }]
    }),
    ...before
      .filter((topic) => !kept.has(topic.name))
      .map((topic): TopicChange => ({ ...describe(topic), change: "removed", why: removalOf(topic) }))
  ]
}

const removalOf = (topic: PlannedTopic): string =>
  topic.internal ? "nothing goes through it any more" : "the stream is no longer written; its records stay"

const topicDifference = (before: PlannedTopic, after: PlannedTopic): string | undefined => {
  const differences = [
    ...(before.schema === after.schema ? [] : ["a new schema"]),
    ...(before.key.join() === after.key.join()
      ? []
      : [`keyed by ${keyText(after)} instead of ${keyText(before)}`]),
    ...(before.partitions === after.partitions
      ? []
      : [`${after.partitions} partitions instead of ${before.partitions}`]),
    ...(before.retainBytes === after.retainBytes
      ? []
      : [`each partition keeps ${keptText(after)} instead of ${keptText(before)}`]),
    ...(before.compact === after.compact
      ? []
      : [
          after.compact === true
            ? "only the newest record of each key is kept from now on"
            : "every record is kept from now on, not only the newest of each key"
        ])
  ]
  return differences.length === 0 ? undefined : differences.join(", ")
}
const keptText = ({ retainBytes }: PlannedTopic): string =>
  retainBytes === undefined ? "all" : `${Math.ceil(retainBytes / 1024).toLocaleString("en")} KiB`
const keyText = ({ key }: PlannedTopic): string => (key.length === 0 ? "nothing" : key.join(", "))
