import type { GraphFeed, PipelineGraph } from "@millrace/sdk/api"

/** A field of what a node puts out, or of another pipeline's stream. */
export interface FieldPlace {
  /** The node; null for another pipeline's stream. */
  readonly node: string | null
  /** Its output, or the stream's name. */
  readonly output: string
  readonly field: string
}

/** Where a field comes from and goes to within a pipeline. */
export interface Lineage {
  readonly up: readonly FieldPlace[]
  readonly down: readonly FieldPlace[]
  /** Nodes that get at it, or at what is made of it, without putting it out: sinks, filters, counts. */
  readonly readers: readonly string[]
}

export const placeText = ({ field, node, output }: FieldPlace): string =>
  node === null
    ? `${output}.${field}`
    : output === "output"
      ? `${node}.${field}`
      : `${node}.${output}.${field}`

type Node = PipelineGraph["nodes"][number]

/** `input.field`, cut at the first point: names of inputs have none, names of fields may. */
const cut = (source: string): readonly [slot: string, field: string] => {
  const dot = source.indexOf(".")
  return [source.slice(0, dot), source.slice(dot + 1)]
}

const feedsOf = (node: Node, slot: string): readonly GraphFeed[] => [
  ...node.inputs.filter(({ input }) => input === slot).flatMap(({ feeds }) => feeds),
  ...node.tables.filter(({ handle }) => handle === slot).map(({ feed }) => feed)
]

const placeOf = (feed: GraphFeed, field: string): FieldPlace =>
  feed.node === null
    ? { node: null, output: feed.stream ?? "", field }
    : { node: feed.node, output: feed.output ?? "output", field }

const madeOf = (graph: PipelineGraph, { field, node, output }: FieldPlace): readonly FieldPlace[] => {
  const found = graph.nodes.find((each) => each.node === node)
  const sources = found?.outputs
    .find((each) => each.output === output)
    ?.fields.find(({ name }) => name === field)?.inputs
  if (found === undefined || sources === undefined) return []
  return sources.flatMap((source) => {
    const [slot, name] = cut(source)
    return feedsOf(found, slot).map((feed) => placeOf(feed, name))
  })
}

/** Slots of a node that are fed by what holds the place. */
const slotsFedBy = (node: Node, place: FieldPlace): readonly string[] => {
  const isIt = (feed: GraphFeed): boolean =>
    place.node === null
      ? feed.stream === place.output
      : feed.node === place.node && feed.output === place.output
  return [
    ...node.inputs.filter(({ feeds }) => feeds.some(isIt)).map(({ input }) => input),
    ...node.tables.filter(({ feed }) => isIt(feed)).map(({ handle }) => handle)
  ]
}

const makes = (graph: PipelineGraph, place: FieldPlace): readonly FieldPlace[] =>
  graph.nodes.flatMap((node) => {
    const sources = new Set(slotsFedBy(node, place).map((slot) => `${slot}.${place.field}`))
    return node.outputs.flatMap(({ fields, output }) =>
      fields
        .filter(({ inputs }) => inputs.some((input) => sources.has(input)))
        .map(({ name }) => ({ node: node.node, output, field: name }))
    )
  })

/** Everything that is reached from a place by steps, the place itself left out. */
const reached = (
  start: FieldPlace,
  step: (place: FieldPlace) => readonly FieldPlace[]
): readonly FieldPlace[] => {
  const found = new Map<string, FieldPlace>()
  const waiting = [start]
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    for (const next of step(place)) {
      const name = placeText(next)
      if (found.has(name)) continue
      found.set(name, next)
      waiting.push(next)
    }
  }
  found.delete(placeText(start))
  return [...found.values()]
}

/** Follows a field up to where its values come from and down to whatever is made of it. */
export const lineageOf = (graph: PipelineGraph, place: FieldPlace): Lineage => {
  const up = reached(place, (each) => madeOf(graph, each))
  const down = reached(place, (each) => makes(graph, each))
  const held = [place, ...down]
  const readers = graph.nodes
    .filter((node) =>
      held.some((each) =>
        slotsFedBy(node, each).some((slot) =>
          node.inputs.some(
            ({ fields, input, keyBy }) =>
              input === slot && (fields.some(({ name }) => name === each.field) || keyBy.includes(each.field))
          )
        )
      )
    )
    .map(({ node }) => node)
  return { up, down, readers }
}

/** Names of the nodes that a field passes through. */
export const nodesOn = (place: FieldPlace, { down, readers, up }: Lineage): ReadonlySet<string> =>
  new Set([...[place, ...up, ...down].flatMap(({ node }) => (node === null ? [] : [node])), ...readers])
