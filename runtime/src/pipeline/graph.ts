import type { Pipeline, PipelineNode, StreamReference } from "./pipeline.ts"
import type { Finding, Path } from "./problem.ts"
import { suggest } from "./suggestion.ts"

/** A reference with the place where it is written in canonical form. */
export interface PlacedReference {
  readonly reference: StreamReference
  readonly path: Path
  /** Input name; undefined for the plugin's only one, and for tables. */
  readonly input?: string
  readonly table?: string
}

/** Everything that a node reads, inputs first. */
export const referencesOf = (name: string, node: PipelineNode): readonly PlacedReference[] => {
  const from = ["nodes", name, "from"]
  const inputs = isByInput(node.from)
    ? Object.entries(node.from).flatMap(([input, references]) =>
        references.map((reference, index) => ({ reference, path: [...from, input, index], input }))
      )
    : node.from.map((reference, index) => ({ reference, path: [...from, index] }))
  const tables = Object.entries(node.tables).map(([table, reference]) => ({
    reference,
    path: ["nodes", name, "tables", table],
    table
  }))
  return [...inputs, ...tables]
}

type ByInput = { readonly [input: string]: readonly StreamReference[] }
const isByInput = (from: PipelineNode["from"]): from is ByInput => !Array.isArray(from)

/** The node that a reference leads to within the pipeline; a stream that one of its nodes names counts as that node. */
export const nodeReferredTo = (pipeline: Pipeline, reference: StreamReference): string | undefined => {
  if ("node" in reference) return Object.hasOwn(pipeline.nodes, reference.node) ? reference.node : undefined
  return ownStream(pipeline, reference.stream)?.node
}

/** The node of this pipeline that gives a stream its name, and which of its outputs. */
export const ownStream = (
  pipeline: Pipeline,
  stream: string
): { readonly node: string; readonly output?: string } | undefined => {
  for (const [name, node] of Object.entries(pipeline.nodes)) {
    if (node.output.stream === stream) return { node: name }
    const output = Object.entries(node.outputs).find(([, options]) => options.stream === stream)?.[0]
    if (output !== undefined) return { node: name, output }
  }
  return undefined
}

export type OrderResult = { readonly order: readonly string[]; readonly findings: readonly Finding[] }

/**
 * The nodes in an order in which each follows what it reads, the same for the same pipeline (by name where the graph
 * leaves a choice). Nodes in a cycle, and after one, are left out and named in the findings.
 */
export const orderNodes = (pipeline: Pipeline): OrderResult => {
  const names = Object.keys(pipeline.nodes).toSorted()
  const reads = new Map(names.map((name) => [name, readNames(pipeline, name)]))
  const order: string[] = []
  const done = new Set<string>()
  let rest = names
  for (;;) {
    const ready = rest.filter((name) => reads.get(name)!.every((read) => done.has(read)))
    if (ready.length === 0) break
    for (const name of ready) done.add(name)
    order.push(...ready)
    rest = rest.filter((name) => !done.has(name))
  }
  return { order, findings: rest.length === 0 ? [] : cycles(rest, reads) }
}

const readNames = (pipeline: Pipeline, name: string): readonly string[] => [
  ...new Set(
    referencesOf(name, pipeline.nodes[name]!).flatMap(
      ({ reference }) => nodeReferredTo(pipeline, reference) ?? []
    )
  )
]

/** Each cycle once, in full, from its first node by name. Follows one unresolved read per node: it must end in a cycle. */
const cycles = (
  left: readonly string[],
  reads: ReadonlyMap<string, readonly string[]>
): readonly Finding[] => {
  const open = new Set(left)
  const findings: Finding[] = []
  const seen = new Set<string>()
  for (const start of left) {
    const walk: string[] = []
    let at: string | undefined = start
    while (at !== undefined && !seen.has(at)) {
      seen.add(at)
      walk.push(at)
      at = reads.get(at)!.find((read) => open.has(read))
    }
    const from = at === undefined ? -1 : walk.indexOf(at)
    if (from !== -1) findings.push(cycle(walk.slice(from).toReversed()))
  }
  return findings
}

const cycle = (members: readonly string[]): Finding => {
  const first = members.indexOf(members.toSorted()[0]!)
  const around = [...members.slice(first), ...members.slice(0, first), members[first]!]
  return {
    code: "PIPELINE_CYCLE",
    message: `Records would go round for ever: ${around.join(" -> ")}`,
    path: ["nodes", around[0]!, "from"],
    remedy: "Let one of these nodes read from somewhere else."
  }
}

/** References to nodes that are not there; `names` are all that the text names, well-formed or not. */
export const unknownNodes = (pipeline: Pipeline, names: readonly string[]): readonly Finding[] =>
  Object.entries(pipeline.nodes).flatMap(([name, node]) =>
    referencesOf(name, node).flatMap(({ reference, path }) => {
      if (!("node" in reference) || names.includes(reference.node)) return []
      const others = names.filter((other) => other !== name)
      return [
        {
          code: "UNKNOWN_NODE",
          message: `There is no node ${reference.node}`,
          path,
          remedy: suggest(reference.node, others, "node")
        }
      ]
    })
  )
