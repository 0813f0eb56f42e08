import type { PipelineGraph } from "@millrace/sdk/api"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { lazy, Suspense, useCallback, useMemo } from "react"
import { Panel } from "../../parts/panel.tsx"
import { useMedia } from "../../parts/use-media.ts"
import { lineageOf, nodesOn } from "./lineage.ts"
import { longestPath, widestRank } from "./ranks.ts"
import { NodePanel } from "./node-panel.tsx"
import { NodeTable } from "./node-table.tsx"

const FlowCanvas = lazy(() =>
  import("./flow-canvas.tsx").then(({ FlowCanvas: found }) => ({ default: found }))
)

/** Nodes that the field `OUTPUT.FIELD` of a node passes through. */
const litBy = (
  graph: PipelineGraph,
  node: string | undefined,
  field: string | undefined
): ReadonlySet<string> | undefined => {
  const output = graph.nodes
    .find((each) => each.node === node)
    ?.outputs.find((each) => field?.startsWith(`${each.output}.`) === true)?.output
  if (node === undefined || field === undefined || output === undefined) return undefined
  const place = { node, output, field: field.slice(output.length + 1) }
  return nodesOn(place, lineageOf(graph, place))
}

/** Room for one row of the graph, in pixels; a graph is about as high as it has nodes of one rank. */
const rowHeight = 118

/** As high as the graph needs, so that a short one leaves room for what is below. */
const FlowFrame = ({
  children,
  graph,
  isDown
}: {
  readonly graph: PipelineGraph
  readonly isDown: boolean
  readonly children: React.ReactNode
}) => {
  const rows = isDown ? longestPath(graph) : widestRank(graph)
  const height: React.CSSProperties & { readonly "--flow-height": string } = {
    "--flow-height": `${90 + rows * rowHeight}px`
  }
  return (
    <div className="flow" style={height}>
      {children}
    </div>
  )
}

/** The graph, the chosen node's fields below it, and all nodes as a table. */
export const GraphTab = ({ graph }: { readonly graph: PipelineGraph }) => {
  const { field, node } = useSearch({ from: "/pipelines/$pipeline" })
  const navigate = useNavigate({ from: "/pipelines/$pipeline" })
  const isNarrow = useMedia("(max-width: 719px)")
  const choose = useCallback(
    (next: string | undefined) =>
      void navigate({ search: next === undefined ? {} : { node: next }, replace: true, resetScroll: false }),
    [navigate]
  )
  const chooseField = (next: string | undefined): void =>
    void navigate({
      search: { ...(node === undefined ? {} : { node }), ...(next === undefined ? {} : { field: next }) },
      replace: true,
      resetScroll: false
    })
  const lit = useMemo(() => litBy(graph, node, field), [graph, node, field])
  const chosen = graph.nodes.find((each) => each.node === node)
  return (
    <>
      <Panel
        title="Graph"
        isFlush
        aside={
          <span>
            thick: a topic, thin: within a task, dashed: a lookup table; press a node for its fields
          </span>
        }
      >
        <FlowFrame graph={graph} isDown={isNarrow}>
          <Suspense fallback={<p className="waiting">Drawing the graph …</p>}>
            <FlowCanvas graph={graph} chosen={node} lit={lit} isDown={isNarrow} choose={choose} />
          </Suspense>
        </FlowFrame>
      </Panel>
      {chosen === undefined ? null : (
        <NodePanel graph={graph} node={chosen} chosen={field} choose={chooseField} />
      )}
      <NodeTable graph={graph} />
    </>
  )
}
