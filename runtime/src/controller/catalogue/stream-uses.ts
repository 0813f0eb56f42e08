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

/** By what feeds a node (`node.output`, or the stream), its fields and those of the stream that they are made of. */
type Traces = Map<string, { readonly schema: RecordType | undefined; readonly fields: Fields }>
type Fields = ReadonlyMap<string, readonly string[]>

const consumersIn = (
  plan: Plan,
  stream: Named,
  schema: RecordType | undefined
): readonly StreamConsumer[] => {
  const pipeline = plan.pipeline.pipeline
  const isOwn = pipeline === stream.pipeline
  const label = isOwn ? stream.label : stream.name
  // In another pipeline a node's output may bear the very name; there it is that which is meant.
  if (!isOwn && outputLabels(plan).includes(label)) return []
  const identity: Fields = new Map((schema?.fields ?? []).map(({ name }) => [name, [name]]))
  const traces: Traces = new Map([[label, { schema, fields: identity }]])
  // Nodes stand in the order of the data: what feeds one was traced before it.
  return plan.nodes.flatMap((node) => {
    const fields = [...new Set(taken(node, traces))].toSorted()
    traceOutputs(node, traces)
    const isDirect = readsItself(node, label)
    return isDirect || fields.length > 0
      ? [{ pipeline, node: node.name, plugin: node.plugin, direct: isDirect, fields }]
      : []
  })
}

const outputLabels = (plan: Plan): readonly string[] =>
  plan.nodes.flatMap((node) => Object.keys(node.outputs).map((name) => `${node.name}.${name}`))

const readsItself = (node: PlannedNode, label: string): boolean =>
  Object.values(node.inputs).some(({ from }) => from.includes(label)) ||
  Object.values(node.tables).some((from) => from === label)

/** The stream's fields that a node gets at: what its inputs' readers take, and what is made of its lookup tables. */
const taken = (node: PlannedNode, traces: Traces): readonly string[] => {
  const ofInputs = Object.values(node.inputs).flatMap(({ from, keyBy = [], schema }) =>
    from.flatMap((label) => {
      const feed = traces.get(label)
      if (feed === undefined) return []
      return [...consumed(schema, feed.schema), ...keyBy].flatMap((field) => feed.fields.get(field) ?? [])
    })
  )
  const ofTables = Object.values(node.outputs)
    .flatMap(({ lineage }) => Object.values(lineage).flat())
    .filter((source) => Object.hasOwn(node.tables, slotOf(source)))
    .flatMap((source) => sourceFields(node, source, traces))
  return [...ofInputs, ...ofTables]
}

/** What a node's outputs are made of, by the lineage of each field; the stream's own output stays what it is. */
const traceOutputs = (node: PlannedNode, traces: Traces): void => {
  for (const [name, output] of Object.entries(node.outputs)) {
    const label = `${node.name}.${name}`
    if (traces.has(label)) continue
    const fields = new Map(
      Object.entries(output.lineage).map(([field, sources]) => [
        field,
        [...new Set(sources.flatMap((source) => sourceFields(node, source, traces)))]
      ])
    )
    traces.set(label, { schema: recordOf(output.schema), fields })
  }
}

const slotOf = (source: string): string => source.slice(0, source.indexOf("."))

/** `input.field` or `table.field` of a node, as fields of the stream. */
const sourceFields = (node: PlannedNode, source: string, traces: Traces): readonly string[] => {
  const slot = slotOf(source)
  const field = source.slice(slot.length + 1)
  const table = Object.hasOwn(node.tables, slot) ? node.tables[slot] : undefined
  const feeds = table === undefined ? (node.inputs[slot]?.from ?? []) : [table]
  return feeds.flatMap((label) => traces.get(label)?.fields.get(field) ?? [])
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
