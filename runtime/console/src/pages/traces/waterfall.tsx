import type { TraceView } from "@millrace/sdk/api"
import { Link } from "@tanstack/react-router"
import { countText, msText } from "../../parts/format.ts"
import { Outcome } from "./outcome.tsx"
import { ticksOf, type TraceRow, traceRows } from "./trace-rows.ts"
import { useGraphs } from "./use-graphs.ts"

/** The drawing's width in its own units; it is stretched to its cell. */
const width = 1_000
const height = 18
/** What is shorter is drawn so wide, that it can be seen. */
const least = 4

interface Scale {
  readonly beganAt: number
  readonly durationMs: number
  readonly ticks: readonly number[]
}

const placeOf = (ms: number, { durationMs }: Scale): number => (ms / Math.max(1, durationMs)) * width

/** A row's time: a line while the record waited in a topic, a bar while its batch was handled. */
const Timeline = ({ row, scale }: { readonly row: TraceRow; readonly scale: Scale }) => {
  const { from, span } = row
  const at = placeOf(span.beganAt - scale.beganAt, scale)
  const handled = Math.max(least, placeOf(span.endedAt - span.beganAt, scale))
  const waited = placeOf(from?.waitedMs ?? 0, scale)
  return (
    <svg
      className={`timeline timeline-${span.outcome}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {scale.ticks.map((tick) => (
        <path
          key={tick}
          className="timeline-tick"
          d={`M${placeOf(tick, scale)} 0v${height}`}
          vectorEffect="non-scaling-stroke"
        />
      ))}
      {waited === 0 ? null : (
        <path
          className="timeline-wait"
          d={`M${at - waited} ${height / 2}H${at}`}
          vectorEffect="non-scaling-stroke"
        />
      )}
      <rect x={Math.min(at, width - handled)} y={height / 3} width={handled} height={height / 3} />
    </svg>
  )
}

const Row = ({ row, scale }: { readonly row: TraceRow; readonly scale: Scale }) => {
  const { from, span } = row
  const { beganAt, endedAt, node, out, outcome, partition, pipeline } = span
  return (
    <tr>
      <th scope="row">
        <Link to="/pipelines/$pipeline/nodes/$node" params={{ pipeline, node }}>
          {node}
        </Link>
        <span className="dim"> {`${pipeline}, partition ${partition}`}</span>
      </th>
      <td className="timeline-cell">
        <Timeline row={row} scale={scale} />
      </td>
      <td className="num right extra">
        {from === undefined || from.topic === null ? "–" : msText(from.waitedMs)}
      </td>
      <td className="num right extra">+{msText(beganAt - scale.beganAt)}</td>
      <td className="num right">{msText(endedAt - beganAt)}</td>
      <td className="num right extra">+{msText(endedAt - scale.beganAt)}</td>
      <td>
        <Outcome outcome={outcome} />
      </td>
      <td className="num right extra">{countText(out)}</td>
      <td className="extra">
        {from === undefined ? (
          <span className="dim">–</span>
        ) : from.topic === null ? (
          <span className="dim">{from.node}, in the same batch</span>
        ) : (
          <code>{from.topic}</code>
        )}
      </td>
    </tr>
  )
}

const Axis = ({ scale }: { readonly scale: Scale }) => (
  <span className="timeline-axis" aria-hidden="true">
    {scale.ticks.map((tick) => (
      <span key={tick} style={{ left: `${placeOf(tick, scale) / 10}%` }}>
        {msText(tick)}
      </span>
    ))}
  </span>
)

/** A trace as a table, with its time drawn: each row a node, in the order of time. */
export const Waterfall = ({ trace }: { readonly trace: TraceView }) => {
  const graphs = useGraphs(trace.pipelines)
  const { beganAt, durationMs } = trace
  const scale = { beganAt, durationMs, ticks: ticksOf(durationMs) }
  if (graphs === undefined)
    return (
      <p className="waiting" role="status">
        Loading what feeds each node …
      </p>
    )
  return (
    <div className="table-scroll" role="region" aria-label="Spans" tabIndex={0}>
      <table className="table waterfall">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">
              <span className="unseen">Time</span>
              <Axis scale={scale} />
            </th>
            <th scope="col" className="right extra">
              Waited
            </th>
            <th scope="col" className="right extra">
              Read
            </th>
            <th scope="col" className="right">
              Handled in
            </th>
            <th scope="col" className="right extra">
              Written
            </th>
            <th scope="col">Outcome</th>
            <th scope="col" className="right extra">
              Gave
            </th>
            <th scope="col" className="extra">
              Read from
            </th>
          </tr>
        </thead>
        <tbody>
          {traceRows(trace.all, graphs).map((row) => (
            <Row key={row.span.spanId} row={row} scale={scale} />
          ))}
        </tbody>
      </table>
    </div>
  )
}
