import type { StreamConsumer } from "@millrace/sdk/api"
import { parseAvro, type RecordType } from "@millrace/sdk/avro"
import type { Plan, PlannedNode, PlannedTopic } from "../../plan/index.ts"

/** A named stream as the plans that run know it. */
export interface PlannedStream {
  readonly stream: string
  readonly owner: string | undefined
  readonly topic: PlannedTopic
  readonly pipeline: string
  readonly producer: { readonly node: PlannedNode; readonly output: string } | undefined
  readonly schema: RecordType | undefined
  /** By field: `node.field` of sources, `stream.field` of other pipelines' streams. */
  readonly origins: { readonly [field: string]: readonly string[] }
  readonly consumers: readonly StreamConsumer[]
}

/** Every named stream of some plans, in the order of their names, with all nodes of them that consume it. */
export const plannedStreams = (plans: readonly Plan[]): readonly PlannedStream[] =>
  plans
    .flatMap((plan) =>
      plan.topics.filter(({ internal }) => !internal).map((topic) => described(plan, topic, plans))
    )
    .toSorted((left, right) => (left.stream < right.stream ? -1 : 1))

const described = (plan: Plan, topic: PlannedTopic, plans: readonly Plan[]): PlannedStream => {
  const { pipeline } = plan
  const node = plan.nodes.find(({ name }) => name === topic.producer?.node)
  const output = topic.producer?.output
  const stream = { name: topic.name, pipeline: pipeline.pipeline, label: `${node?.name}.${output}` }
  const schema = recordOf(topic.schema)
  return {
    stream: topic.name,
    owner: pipeline.owner,
    topic,
    pipeline: pipeline.pipeline,
    producer: node === undefined || output === undefined ? undefined : { node, output },
    schema,
    origins: output === undefined ? {} : (node?.outputs[output]?.origins ?? {}),
    consumers: plans.flatMap((each) => consumersIn(each, stream, schema))
  }
}

interface Named {
  readonly name: string
  readonly pipeline: string
  /** How nodes of its own pipeline call it. */
  readonly label: string
}

const consumersIn = (
  plan: Plan,
  stream: Named,
  schema: RecordType | undefined
): readonly StreamConsumer[] => {
  const pipeline = plan.pipeline.pipeline
  const isOwn = pipeline === stream.pipeline
  const label = isOwn ? stream.label : stream.name
  // In another pipeline a node's output may bear the very name; there it is that which is meant.
  if (
    !isOwn &&
    plan.nodes.some((node) => Object.keys(node.outputs).some((name) => `${node.name}.${name}` === label))
  )
    return []
  return plan.nodes.flatMap((node) => {
    const direct = new Set(directFields(node, label, schema))
    const reached = isOwn ? [] : reachedFields(plan, node, stream.name)
    const isDirect = readsItself(node, label)
    const fields = [...new Set([...direct, ...reached])].toSorted()
    if (!isDirect && fields.length === 0) return []
    return [{ pipeline, node: node.name, plugin: node.plugin, direct: isDirect, fields }]
  })
}

const readsItself = (node: PlannedNode, label: string): boolean =>
  Object.values(node.inputs).some(({ from }) => from.includes(label)) ||
  Object.values(node.tables).some((from) => from === label)

/** What a node's inputs and lookup tables take of the stream that feeds them. */
const directFields = (
  node: PlannedNode,
  label: string,
  schema: RecordType | undefined
): readonly string[] => [
  ...Object.values(node.inputs)
    .filter(({ from }) => from.includes(label))
    .flatMap((input) => [...consumed(input.schema, schema), ...(input.keyBy ?? [])]),
  ...Object.entries(node.tables)
    .filter(([, from]) => from === label)
    .flatMap(([handle]) => tableFields(node, handle))
]

/** A table's fields are named by the lineage of what is made of them. */
const tableFields = (node: PlannedNode, handle: string): readonly string[] =>
  Object.values(node.outputs)
    .flatMap(({ lineage }) => Object.values(lineage).flat())
    .filter((source) => source.startsWith(`${handle}.`))
    .map((source) => source.slice(handle.length + 1))

/** Fields of another pipeline's stream that a node gets from the nodes before it. */
const reachedFields = (plan: Plan, node: PlannedNode, stream: string): readonly string[] =>
  Object.values(node.inputs).flatMap(({ from, schema }) =>
    from.flatMap((label) => {
      const upstream = outputOf(plan, label)
      if (upstream === undefined) return []
      return consumed(schema, recordOf(upstream.schema)).flatMap((field) =>
        (Object.hasOwn(upstream.origins, field) ? upstream.origins[field]! : [])
          .filter((origin) => origin.startsWith(`${stream}.`))
          .map((origin) => origin.slice(stream.length + 1))
          .filter((name) => !name.includes("."))
      )
    })
  )

const outputOf = (plan: Plan, label: string): PlannedNode["outputs"][string] | undefined => {
  for (const node of plan.nodes)
    for (const [name, output] of Object.entries(node.outputs))
      if (`${node.name}.${name}` === label) return output
  return undefined
}

/** The fields of the writer's record that a reader takes, by the writer's names. */
const consumed = (reader: string, writer: RecordType | undefined): readonly string[] => {
  const wanted = recordOf(reader)?.fields ?? []
  if (writer === undefined) return wanted.map(({ name }) => name)
  const names = new Set(writer.fields.map(({ name }) => name))
  return wanted.flatMap(({ aliases, name }) =>
    [name, ...aliases].filter((each) => names.has(each)).slice(0, 1)
  )
}

const recordOf = (text: string | undefined): RecordType | undefined => {
  if (text === undefined) return undefined
  const parsed = parseAvro(text)
  return "ok" in parsed && parsed.ok.kind === "record" ? parsed.ok : undefined
}
