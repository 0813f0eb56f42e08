import { label, parseAvro, type RecordType, sameType } from "@millrace/sdk/avro"
import type {
  Finding,
  Path,
  Pipeline,
  PipelineNode,
  PlacedReference,
  StreamReference
} from "../../pipeline/index.ts"
import { ownStream, referencesOf, suggest } from "../../pipeline/index.ts"
import type { CatalogueTopic } from "../dependencies.ts"
import type { ResolvedPlugin } from "../resolution/resolve-plugins.ts"
import type { Feed, LogicalNode, LogicalStream, Producer } from "./logical-node.ts"

/** What the planner knows when it comes to a node. */
export interface Surroundings {
  readonly pipeline: Pipeline
  /** Nodes that are settled. */
  readonly nodes: ReadonlyMap<string, LogicalNode>
  /** Streams of other pipelines that this one reads, by name; undefined: there is none. */
  readonly streams: ReadonlyMap<string, CatalogueTopic | undefined>
  readonly streamNames: readonly string[]
}

export interface Gathered {
  readonly feeds: readonly Feed[]
  readonly findings: readonly Finding[]
  /** Something upstream is not settled: no more can be said of this node, and it is not this node's fault. */
  readonly incomplete: boolean
}

/** Finds the streams that feed a node's inputs and tables, and checks them against what its plugin takes. */
export const gatherFeeds = (
  name: string,
  node: PipelineNode,
  plugin: ResolvedPlugin,
  surroundings: Surroundings
): Gathered => {
  const findings: Finding[] = []
  const feeds: Feed[] = []
  let incomplete = false
  for (const placed of referencesOf(name, node)) {
    const slot = slotOf(placed, plugin)
    if ("code" in slot) {
      findings.push(slot)
      continue
    }
    const found = streamOf(placed.reference, placed.path, surroundings)
    if (found === undefined) incomplete = true
    else if ("code" in found) findings.push(found)
    else feeds.push({ ...slot, ...found, path: placed.path })
  }
  if (!incomplete && findings.length === 0) findings.push(...checkSlots(name, node, plugin, feeds))
  return { feeds, findings, incomplete }
}

type Slot = Pick<Feed, "via" | "name">

const slotOf = (
  { input, table, path }: PlacedReference,
  { manifest, label: owner }: ResolvedPlugin
): Slot | Finding => {
  if (table !== undefined) {
    const handles = manifest.tables.map((one) => one.name)
    if (handles.includes(table)) return { via: "table", name: table }
    return {
      code: "UNKNOWN_TABLE",
      message: `${manifest.name} of ${owner} has no lookup table ${table}`,
      path,
      at: "key",
      remedy: suggest(table, handles, "lookup table")
    }
  }
  const inputs = manifest.inputs.map((one) => one.name)
  if (input === undefined) {
    const [only, ...others] = inputs
    if (only !== undefined && others.length === 0) return { via: "input", name: only }
    return {
      code: "UNKNOWN_INPUT",
      message: `${manifest.name} of ${owner} has the inputs ${inputs.join(", ")}`,
      path: path.slice(0, 3),
      remedy: `Say which is which: from: { ${inputs.map((one) => `${one}: NODE`).join(", ")} }.`
    }
  }
  if (inputs.includes(input)) return { via: "input", name: input }
  return {
    code: "UNKNOWN_INPUT",
    message: `${manifest.name} of ${owner} has no input ${input}`,
    path: path.slice(0, 4),
    at: "key",
    remedy: suggest(input, inputs, "input")
  }
}

type Found = Pick<Feed, "producer" | "stream">

/** Undefined: it leads to a node that could not be settled. */
const streamOf = (
  reference: StreamReference,
  path: Path,
  surroundings: Surroundings
): Found | Finding | undefined => {
  if ("node" in reference) return outputOf(reference.node, reference.output, path, surroundings)
  const own = ownStream(surroundings.pipeline, reference.stream)
  if (own !== undefined) return outputOf(own.node, own.output, path, surroundings)
  const topic = surroundings.streams.get(reference.stream)
  if (topic === undefined || topic.internal) return unknownStream(reference.stream, path, surroundings)
  const schema = topic.schema === undefined ? undefined : recordOf(topic.schema)
  if (schema === undefined) return unknownStream(reference.stream, path, surroundings)
  return { producer: { topic }, stream: { schema, key: topic.key, bounded: topic.bounded } }
}

const recordOf = (text: string): RecordType | undefined => {
  const parsed = parseAvro(text)
  return "ok" in parsed && parsed.ok.kind === "record" ? parsed.ok : undefined
}

const outputOf = (
  node: string,
  output: string | undefined,
  path: Path,
  { nodes }: Surroundings
): Found | Finding | undefined => {
  const upstream = nodes.get(node)
  if (upstream === undefined) return undefined
  const names = Object.keys(upstream.outputs)
  const chosen = output ?? (names.length === 1 ? names[0] : undefined)
  if (chosen === undefined || !Object.hasOwn(upstream.outputs, chosen))
    return unknownOutput(node, output, names, path)
  const { schema, key, options, bounded } = upstream.outputs[chosen]!
  const producer: Producer = { node, output: chosen }
  const stream: LogicalStream = { schema, key: options.key ?? key, bounded }
  return { producer, stream }
}

const unknownOutput = (
  node: string,
  output: string | undefined,
  names: readonly string[],
  path: Path
): Finding => {
  if (names.length === 0) {
    const message = `${node} is a sink: nothing comes out of it`
    return { code: "UNKNOWN_OUTPUT", message, path, remedy: "Read what the sink reads." }
  }
  const whole = names.map((name) => `${node}.${name}`)
  if (output === undefined) {
    const message = `${node} has several outputs`
    return { code: "UNKNOWN_OUTPUT", message, path, remedy: `Choose one of: ${whole.join(", ")}.` }
  }
  return {
    code: "UNKNOWN_OUTPUT",
    message: `${node} has no output ${output}`,
    path,
    remedy: suggest(`${node}.${output}`, whole, "output")
  }
}

const unknownStream = (name: string, path: Path, { streamNames }: Surroundings): Finding => ({
  code: "STREAM_UNKNOWN",
  message: `No pipeline that is applied has a stream ${name}`,
  path,
  remedy:
    streamNames.length === 0
      ? "Apply the pipeline that writes it first; there is no stream here yet."
      : suggest(name, streamNames, "stream")
})

/** Every input fed, by as many streams as it takes, of one schema; every table fed. */
const checkSlots = (
  name: string,
  node: PipelineNode,
  { manifest }: ResolvedPlugin,
  feeds: readonly Feed[]
): readonly Finding[] => {
  const inputs = manifest.inputs.flatMap((input) => {
    const fed = feeds.filter((feed) => feed.via === "input" && feed.name === input.name)
    if (fed.length === 0) return [inputMissing(name, input.name)]
    if (fed.length > 1 && !input.many) return [oneStream(input.name, fed[1]!.path)]
    return fed.slice(1).flatMap((feed) => differs(fed[0]!, feed))
  })
  const tables = manifest.tables.flatMap((table) =>
    Object.hasOwn(node.tables, table.name) ? [] : [tableMissing(name, table.name)]
  )
  return [...inputs, ...tables]
}

const inputMissing = (node: string, input: string): Finding => ({
  code: "INPUT_MISSING",
  message: `Nothing feeds the input ${input}`,
  path: ["nodes", node, "from", input],
  remedy: `Add it under from: { ${input}: NODE }.`
})

const tableMissing = (node: string, table: string): Finding => ({
  code: "TABLE_MISSING",
  message: `Nothing feeds the lookup table ${table}`,
  path: ["nodes", node, "tables", table],
  remedy: `Add tables: { ${table}: NODE }.`
})

const oneStream = (input: string, path: Path): Finding => ({
  code: "SCHEMA_MISMATCH",
  message: `The input ${input} takes one stream`,
  path,
  remedy: "Merge the streams in a node before it (@millrace/union)."
})

const differs = (first: Feed, feed: Feed): readonly Finding[] => {
  if (sameType(first.stream.schema, feed.stream.schema)) return []
  const names = new Map(first.stream.schema.fields.map((field) => [field.name, field]))
  const differences = [
    ...feed.stream.schema.fields.flatMap((field) => {
      const other = names.get(field.name)
      if (other === undefined) return [`${field.name} is not in the first`]
      return sameType(other.type, field.type)
        ? []
        : [`${field.name} is ${label(field.type)}, not ${label(other.type)}`]
    }),
    ...first.stream.schema.fields
      .filter((field) => feed.stream.schema.fields.every((other) => other.name !== field.name))
      .map((field) => `${field.name} is missing`)
  ]
  const what =
    differences.length === 0
      ? "their fields are not in the same order or of the same names"
      : differences.join("; ")
  return [
    {
      code: "SCHEMA_MISMATCH",
      message: `Streams that are read as one must have one schema: ${what}`,
      path: feed.path,
      remedy: "Bring them to one schema before (@millrace/project)."
    }
  ]
}
