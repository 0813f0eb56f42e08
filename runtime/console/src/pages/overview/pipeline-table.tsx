import { Link } from "@tanstack/react-router"
import { memo } from "react"
import { useLive, useLivePipeline } from "../../live/use-live.ts"
import { Badge } from "../../parts/badge.tsx"
import { Empty } from "../../parts/empty.tsx"
import { countText, durationText, rateText } from "../../parts/format.ts"
import { LiveNumber } from "../../parts/live-number.tsx"
import { Panel } from "../../parts/panel.tsx"
import { Sparkline } from "../../parts/sparkline.tsx"
import { State } from "../../parts/state.tsx"
import { type Column, classOf, Table } from "../../parts/table.tsx"

const columns: readonly Column[] = [
  { name: "Pipeline" },
  { name: "State" },
  { name: "Owner", isExtra: true },
  { name: "In/s", isNumber: true },
  { name: "Out/s", isNumber: true },
  { name: "Last two minutes", isExtra: true },
  { name: "Lag", isNumber: true },
  { name: "Delay", isNumber: true, isExtra: true },
  { name: "Dead letters", isNumber: true, isExtra: true },
  { name: "Alerts", isExtra: true }
]

const Row = memo(({ name }: { readonly name: string }) => {
  const pipeline = useLivePipeline(name)
  if (pipeline === undefined) return null
  const { alerts, deadLetters, lagRecords, lagSeconds, nodes } = pipeline
  const read = nodes.reduce((sum, { kind, rates }) => sum + (kind === "source" ? rates.out : 0), 0)
  const written = nodes.reduce((sum, { kind, rates }) => sum + (kind === "sink" ? rates.in : 0), 0)
  return (
    <tr>
      <td>
        <Link to="/pipelines/$pipeline" params={{ pipeline: name }}>
          {name}
        </Link>
      </td>
      <td>
        <State state={pipeline.state} />
      </td>
      <td className="extra">{pipeline.owner}</td>
      <td className={classOf(true)}>
        <LiveNumber>{rateText(read)}</LiveNumber>
      </td>
      <td className={classOf(true)}>
        <LiveNumber>{rateText(written)}</LiveNumber>
      </td>
      <td className="extra pipeline-spark">
        <Sparkline of={name} />
      </td>
      <td className={classOf(true)}>
        <LiveNumber>{countText(lagRecords)}</LiveNumber>
      </td>
      <td className={classOf(true, true)}>
        <LiveNumber>{lagSeconds === null ? "–" : durationText(lagSeconds)}</LiveNumber>
      </td>
      <td className={classOf(true, true)}>
        {deadLetters === 0 ? (
          0
        ) : (
          <Link to="/dead-letters" search={{ pipeline: name }}>
            {countText(deadLetters)}
          </Link>
        )}
      </td>
      <td className="extra">
        {alerts.firing > 0 ? (
          <Badge tone="bad">{alerts.firing} firing</Badge>
        ) : alerts.pending > 0 ? (
          <Badge tone="warning">{alerts.pending} pending</Badge>
        ) : (
          <span className="dim">none</span>
        )}
      </td>
    </tr>
  )
})

/** Every pipeline, live. */
export const PipelineTable = () => {
  const pipelines = useLive((status) => status.pipelines)
  return (
    <Panel title="Pipelines" isFlush aside={pipelines === undefined ? undefined : pipelines.length}>
      {pipelines === undefined ? (
        <p className="waiting" role="status">
          Waiting for the live view …
        </p>
      ) : pipelines.length === 0 ? (
        <Empty title="No pipelines yet" command="millrace apply movies.pipeline.yaml --grant">
          Write one as YAML and apply it; it stands here a moment later.
        </Empty>
      ) : (
        <Table label="Pipelines" columns={columns}>
          {pipelines.map(({ pipeline }) => (
            <Row key={pipeline} name={pipeline} />
          ))}
        </Table>
      )}
    </Panel>
  )
}
