import { Handle, type Node, type NodeProps, Position } from "@xyflow/react"
import { memo } from "react"
import { useLiveGraphNode } from "../../live/use-live.ts"
import { countText, rateText } from "../../parts/format.ts"
import { Sparkline } from "../../parts/sparkline.tsx"

export type NodeData = Node<
  {
    readonly pipeline: string
    readonly node: string
    readonly kind: string
    readonly plugin: string
    /** On the lineage of the chosen field; undefined where none is chosen. */
    readonly isOn: boolean | undefined
    readonly isChosen: boolean
    readonly isDown: boolean
  },
  "plugin"
>
export type StreamData = Node<{ readonly stream: string; readonly isDown: boolean }, "stream">

/** `filter` of `@millrace/filter@1.2.0#filter`. */
const shortPlugin = (plugin: string): string => plugin.replace(/^@[^/]+\//, "").replace(/#.*$/, "")

const Numbers = ({
  kind,
  node,
  pipeline
}: {
  readonly pipeline: string
  readonly node: string
  readonly kind: string
}) => {
  const live = useLiveGraphNode(pipeline, node)
  if (live === undefined) return <span className="dim">not running</span>
  const { rates } = live
  return (
    <>
      {kind === "source" ? null : <span>{`in ${rateText(rates.in)}/s`}</span>}
      {kind === "sink" ? null : <span>{`out ${rateText(rates.out)}/s`}</span>}
    </>
  )
}

/** Records that did not go their way. */
const Losses = ({ node, pipeline }: { readonly pipeline: string; readonly node: string }) => {
  const totals = useLiveGraphNode(pipeline, node)?.totals
  if (totals === undefined) return null
  return (
    <>
      {totals.dead > 0 ? <span className="flow-dead">{`${countText(totals.dead)} dead`}</span> : null}
      {totals.late > 0 ? <span className="warn">{`${countText(totals.late)} late`}</span> : null}
    </>
  )
}

/** A node of the pipeline with its numbers; they alone move. */
export const FlowNode = memo(({ data }: NodeProps<NodeData>) => {
  const { isChosen, isDown, isOn, kind, node, pipeline, plugin } = data
  const state = isOn === undefined ? "" : isOn ? " flow-on" : " flow-off"
  return (
    <div className={`flow-node flow-${kind}${state}${isChosen ? " flow-chosen" : ""}`}>
      {kind === "source" ? null : <Handle type="target" position={isDown ? Position.Top : Position.Left} />}
      <div className="flow-name">
        <span>{node}</span>
        <span className="flow-kind">{kind}</span>
      </div>
      <div className="flow-numbers">
        <span className="flow-plugin">{shortPlugin(plugin)}</span>
        <Losses pipeline={pipeline} node={node} />
      </div>
      <div className="flow-numbers flow-rates">
        <Numbers pipeline={pipeline} node={node} kind={kind} />
      </div>
      <Sparkline of={`${pipeline}/${node}`} />
      {kind === "sink" ? null : <Handle type="source" position={isDown ? Position.Bottom : Position.Right} />}
    </div>
  )
})

/** Another pipeline's stream that this one reads. */
export const FlowStream = memo(({ data }: NodeProps<StreamData>) => (
  <div className="flow-node flow-stream">
    <div className="flow-name">
      <span>{data.stream}</span>
      <span className="flow-kind">stream</span>
    </div>
    <div className="flow-plugin">of another pipeline</div>
    <Handle type="source" position={data.isDown ? Position.Bottom : Position.Right} />
  </div>
))
