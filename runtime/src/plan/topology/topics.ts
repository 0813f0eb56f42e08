import { hasKey, keyStep, repartitionedBy } from "../analysis/key.ts"
import type { LogicalNode, LogicalOutput } from "../analysis/logical-node.ts"
import { type Edge, ownKey, readersOf } from "./edges.ts"
import type { Fusion } from "./fusion.ts"

/** A topic that a chain of this pipeline writes from one of its last node's outputs. */
export interface OutputTopic {
  readonly name: string
  readonly internal: boolean
  readonly producer: { readonly node: string; readonly output: string }
  readonly partitions: number
  /** Bytes that each partition keeps; absent: all. */
  readonly retainBytes?: number
  /** Of each key only the newest record is kept: a named stream's. */
  readonly compact?: boolean
  /** Fields of the key that its records have; empty: not known. */
  readonly key: readonly string[]
  /** The records get their key on the way into this topic, by `key`; other topics of the output have another. */
  readonly rekeyed: boolean
  readonly readers: readonly Edge[]
  readonly why: string
}

export const defaultPartitions = 8

/**
 * The topics of one output. It has one with the output's own key where the stream is named, or where somebody will take
 * any key; and one for each other key that is asked for. What only keyed nodes read needs no topic with the own key.
 */
export const topicsOfOutput = (
  pipeline: string,
  node: LogicalNode,
  outputName: string,
  edges: readonly Edge[],
  fusion: Fusion
): readonly OutputTopic[] => {
  const output = node.outputs[outputName]!
  const readers = readersOf(edges, node.name, outputName).filter((edge) => fusion.broken.has(edge))
  const own = ownKey(output).fields
  const takesOwn = (edge: Edge) => edge.needs === undefined || hasKey(own, edge.needs)
  const base = baseName(pipeline, node, outputName)
  const ownReaders = readers.filter(takesOwn)
  const groups = groupByKey(readers.filter((edge) => !takesOwn(edge)))
  const topic = (
    name: string,
    internal: boolean,
    key: readonly string[],
    of: readonly Edge[]
  ): OutputTopic => ({
    name,
    internal,
    producer: { node: node.name, output: outputName },
    partitions: output.options.partitions ?? defaultPartitions,
    ...(output.options.retainBytes === undefined ? {} : { retainBytes: output.options.retainBytes }),
    ...(output.options.compact === true && !internal ? { compact: true } : {}),
    key,
    rekeyed: key !== own,
    readers: of,
    why: key === own ? whyOf(output, of, fusion) : repartitioned(key, of)
  })
  const named = output.options.stream
  const ownTopic =
    named === undefined && ownReaders.length === 0
      ? []
      : [topic(named ?? base, named === undefined, own, ownReaders)]
  return [...ownTopic, ...groups.map(({ key, of }) => topic(`${base}.${keyStep(key)}`, true, key, of))]
}

const baseName = (pipeline: string, node: LogicalNode, output: string): string =>
  Object.keys(node.outputs).length > 1 ? `${pipeline}.${node.name}.${output}` : `${pipeline}.${node.name}`

interface Group {
  readonly key: readonly string[]
  readonly of: readonly Edge[]
}
const groupByKey = (edges: readonly Edge[]): readonly Group[] => {
  const groups = new Map<string, { key: readonly string[]; of: Edge[] }>()
  for (const edge of edges) {
    const key = edge.needs ?? []
    const id = JSON.stringify(key)
    const group = groups.get(id) ?? { key, of: [] }
    group.of.push(edge)
    groups.set(id, group)
  }
  return [...groups.values()]
}

const repartitioned = (key: readonly string[], readers: readonly Edge[]): string =>
  `${repartitionedBy(key)} for ${readers.map((edge) => edge.consumer.name).join(" and ")}`

const whyOf = (output: LogicalOutput, readers: readonly Edge[], fusion: Fusion): string => {
  if (output.options.stream !== undefined && readers.length === 0) return `named ${output.options.stream}`
  return [...new Set(readers.map((edge) => fusion.broken.get(edge) ?? ""))].join("; ")
}
