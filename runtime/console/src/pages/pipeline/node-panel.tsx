import type { GraphNode, PipelineGraph } from "@millrace/sdk/api"
import { Link } from "@tanstack/react-router"
import { Panel } from "../../parts/panel.tsx"
import { FieldRows } from "./field-rows.tsx"
import { lineageOf, placeText } from "./lineage.ts"

interface NodePanelOptions {
  readonly graph: PipelineGraph
  readonly node: GraphNode
  /** `output.field`. */
  readonly chosen: string | undefined
  readonly choose: (field: string | undefined) => void
}

/** The chosen field of an output; undefined when it is none of it. */
const fieldIn = (output: string, chosen: string | undefined): string | undefined =>
  chosen?.startsWith(`${output}.`) === true ? chosen.slice(output.length + 1) : undefined

/** What a node puts out, field by field, and the lineage of one. */
export const NodePanel = ({ choose, chosen, graph, node }: NodePanelOptions) => {
  const link = (
    <Link to="/pipelines/$pipeline/nodes/$node" params={{ pipeline: graph.pipeline, node: node.node }}>
      Charts, tap, config of {node.node}
    </Link>
  )
  if (node.outputs.length === 0)
    return (
      <Panel title={`${node.node}: a sink puts nothing on`} aside={link}>
        It takes{" "}
        {node.inputs.flatMap(({ fields }) => fields.map(({ name }) => name)).join(", ") || "whole records"}.
      </Panel>
    )
  return node.outputs.map(({ fields, key, output, stream }) => {
    const field = fieldIn(output, chosen)
    const title = output === "output" ? `Output of ${node.node}` : `Output ${output} of ${node.node}`
    return (
      <Panel key={output} title={stream === null ? title : `${title}: ${stream}`} aside={link} isFlush>
        {field === undefined ? null : (
          <LineageLines graph={graph} node={node.node} output={output} field={field} />
        )}
        <FieldRows
          label={title}
          fields={fields}
          keys={key}
          chosen={field}
          choose={(name) => choose(name === undefined ? undefined : `${output}.${name}`)}
        />
      </Panel>
    )
  })
}

const LineageLines = ({
  field,
  graph,
  node,
  output
}: {
  readonly graph: PipelineGraph
  readonly node: string
  readonly output: string
  readonly field: string
}) => {
  const { down, readers, up } = lineageOf(graph, { node, output, field })
  return (
    <dl className="facts lineage" aria-label={`Lineage of ${field}`}>
      <dt>Made of</dt>
      <dd>{up.length === 0 ? "nothing before it: it begins here" : up.map(placeText).join(", ")}</dd>
      <dt>Makes</dt>
      <dd>{down.length === 0 ? "nothing after it" : down.map(placeText).join(", ")}</dd>
      <dt>Read by</dt>
      <dd>{readers.length === 0 ? "nobody" : readers.join(", ")}</dd>
    </dl>
  )
}
