import type { PipelineGraph } from "@millrace/sdk/api"
import { Link } from "@tanstack/react-router"
import { memo } from "react"
import { useLiveRow } from "../../live/use-live.ts"
import { countText, rateText, shareText } from "../../parts/format.ts"
import { LiveNumber } from "../../parts/live-number.tsx"
import { Panel } from "../../parts/panel.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"
import { useSeen } from "../../parts/use-seen.ts"

const columns: readonly Column[] = [
  { name: "Node" },
  { name: "Kind", isExtra: true },
  { name: "Plugin", isExtra: true },
  { name: "In/s", isNumber: true },
  { name: "Out/s", isNumber: true },
  { name: "In", isNumber: true, isExtra: true },
  { name: "Out", isNumber: true, isExtra: true },
  { name: "Filtered", isNumber: true, isExtra: true },
  { name: "Late", isNumber: true, isExtra: true },
  { name: "Dead", isNumber: true },
  { name: "CPU", isNumber: true }
]

interface RowOptions {
  readonly pipeline: string
  readonly node: string
  readonly kind: string
  readonly plugin: string
}

const Row = memo(({ kind, node, pipeline, plugin }: RowOptions) => {
  const [place, isSeen] = useSeen<HTMLTableRowElement>()
  const live = useLiveRow(pipeline, node, isSeen)
  const count = (value: number | undefined): string => (value === undefined ? "–" : countText(value))
  const rate = (value: number | undefined): string => (value === undefined ? "–" : rateText(value))
  return (
    <tr ref={place}>
      <td>
        <Link to="/pipelines/$pipeline/nodes/$node" params={{ pipeline, node }}>
          {node}
        </Link>
      </td>
      <td className="extra dim">{kind}</td>
      <td className="extra dim wrap-anywhere">{plugin}</td>
      <td className={classOf(true)}>
        <LiveNumber>{rate(live?.rates.in)}</LiveNumber>
      </td>
      <td className={classOf(true)}>
        <LiveNumber>{rate(live?.rates.out)}</LiveNumber>
      </td>
      <td className={classOf(true, true)}>
        <LiveNumber>{count(live?.totals.in)}</LiveNumber>
      </td>
      <td className={classOf(true, true)}>
        <LiveNumber>{count(live?.totals.out)}</LiveNumber>
      </td>
      <td className={classOf(true, true)}>
        <LiveNumber>{count(live?.totals.filtered)}</LiveNumber>
      </td>
      <td className={classOf(true, true)}>
        <LiveNumber>{count(live?.totals.late)}</LiveNumber>
      </td>
      <td className={`${classOf(true)} ${(live?.totals.dead ?? 0) > 0 ? "bad" : ""}`}>
        <LiveNumber>{count(live?.totals.dead)}</LiveNumber>
      </td>
      <td className={classOf(true)}>
        <LiveNumber>{live === undefined ? "–" : shareText(live.cpu)}</LiveNumber>
      </td>
    </tr>
  )
})

/** The nodes with their numbers: since the pipeline was made, and now. */
export const NodeTable = ({ graph }: { readonly graph: PipelineGraph }) => (
  <Panel title="Nodes" isFlush aside={graph.nodes.length}>
    <Table label="Nodes" columns={columns}>
      {graph.nodes.map(({ kind, node, plugin }) => (
        <Row key={node} pipeline={graph.pipeline} node={node} kind={kind} plugin={plugin} />
      ))}
    </Table>
  </Panel>
)
