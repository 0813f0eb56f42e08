import type { PipelineGraph } from "@millrace/sdk/api"
import { Background, Controls, type Edge, MarkerType, ReactFlow } from "@xyflow/react"
import { useMemo } from "react"
import { useShownTheme } from "../../shell/theme.ts"
import { edgesOf, nodeSize, placesOf } from "./flow-layout.ts"
import { FlowNode, FlowStream, type NodeData, type StreamData } from "./flow-node.tsx"
import "@xyflow/react/dist/base.css"
import "./flow.css"

const nodeTypes = { plugin: FlowNode, stream: FlowStream }

interface FlowOptions {
  readonly graph: PipelineGraph
  readonly chosen: string | undefined
  /** Nodes on the lineage of the chosen field. */
  readonly lit: ReadonlySet<string> | undefined
  readonly isDown: boolean
  readonly choose: (node: string | undefined) => void
}

const flowNodes = ({ chosen, graph, isDown, lit }: FlowOptions): (NodeData | StreamData)[] =>
  placesOf(graph, isDown ? "TB" : "LR").map(({ id, stream, x, y }) => {
    const place = { id, position: { x, y }, ...nodeSize }
    if (stream !== null)
      return { ...place, type: "stream", ariaLabel: `stream ${stream}`, data: { stream, isDown } }
    const node = graph.nodes.find((each) => each.node === id)
    const kind = node?.kind ?? "processor"
    return {
      ...place,
      type: "plugin",
      ariaLabel: `${kind} ${id}`,
      data: {
        pipeline: graph.pipeline,
        node: id,
        kind,
        plugin: node?.plugin ?? "",
        isOn: lit?.has(id),
        isChosen: id === chosen,
        isDown
      }
    }
  })

const flowEdges = ({ graph, lit }: FlowOptions): Edge[] =>
  edgesOf(graph).map(({ id, isTable, source, slot, target, topic }) => {
    const isOn = lit === undefined || (lit.has(source) && lit.has(target))
    // What is usual needs no word; lookup tables are dashed.
    const label = slot === "input" || slot === "table" ? undefined : slot
    return {
      id,
      source,
      target,
      ...(label === undefined ? {} : { label }),
      className: `${topic === null ? "flow-fused" : "flow-topic"}${isTable ? " flow-table" : ""}${isOn ? "" : " flow-off"}`,
      markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14 }
    }
  })

/** The pipeline as a graph: nodes with live numbers; solid lines are topics, thin ones hand over within a task. */
export const FlowCanvas = (options: FlowOptions) => {
  const { choose, chosen, graph, isDown, lit } = options
  const theme = useShownTheme()
  const nodes = useMemo(
    () => flowNodes({ chosen, graph, isDown, lit, choose }),
    [chosen, graph, isDown, lit, choose]
  )
  const edges = useMemo(
    () => flowEdges({ chosen, graph, isDown, lit, choose }),
    [chosen, graph, isDown, lit, choose]
  )
  return (
    <ReactFlow
      key={isDown ? "down" : "right"}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      colorMode={theme === "dark" ? "dark" : "light"}
      nodesDraggable={false}
      nodesConnectable={false}
      elementsSelectable
      edgesFocusable={false}
      fitView
      fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
      minZoom={0.1}
      maxZoom={1.6}
      preventScrolling={false}
      zoomOnScroll={false}
      proOptions={{ hideAttribution: true }}
      onNodeClick={(_, { data }) => choose("node" in data ? data.node : undefined)}
      onEdgeClick={(_, { source }) => choose(source.startsWith("stream:") ? undefined : source)}
      onPaneClick={() => choose(undefined)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.target instanceof HTMLElement)) return
        const id = event.target.dataset["id"]
        if (graph.nodes.some(({ node }) => node === id)) choose(id)
      }}
    >
      <Background gap={20} size={1} />
      <Controls showInteractive={false} position="bottom-right" orientation="horizontal" />
    </ReactFlow>
  )
}
