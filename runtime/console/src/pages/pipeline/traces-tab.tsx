import type { TraceOutcome, TraceSummary } from "@millrace/sdk/api"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { Empty } from "../../parts/empty.tsx"
import { msText } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { ShareBar } from "../../parts/share-bar.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"
import { Ago } from "../../parts/time.tsx"
import { Outcome } from "../traces/outcome.tsx"

const columns: readonly Column[] = [
  { name: "Trace" },
  { name: "Outcome" },
  { name: "Took", isNumber: true },
  { name: "Spans", isNumber: true, isExtra: true },
  { name: "Through", isExtra: true },
  { name: "Began", isExtra: true }
]

const outcomes = ["handled", "filtered", "failed"] as const
const limit = 100

const isOutcome = (text: string | undefined): text is TraceOutcome =>
  outcomes.some((outcome) => outcome === text)

const Traces = ({ traces }: { readonly traces: readonly TraceSummary[] }) => {
  const longest = Math.max(1, ...traces.map(({ durationMs }) => durationMs))
  return (
    <Table label="Traces" columns={columns}>
      {traces.map(({ beganAt, durationMs, outcome, pipelines, spans, traceId }) => (
        <tr key={traceId}>
          <td>
            <Link to="/traces/$traceId" params={{ traceId }} title={traceId}>
              <code>{traceId.slice(0, 8)}</code>
            </Link>
          </td>
          <td>
            <Outcome outcome={outcome} />
          </td>
          <td>
            <ShareBar share={durationMs / longest}>{msText(durationMs)}</ShareBar>
          </td>
          <td className={classOf(true, true)}>{spans}</td>
          <td className="extra">{pipelines.join(", ")}</td>
          <td className="extra">
            <Ago at={beganAt} />
          </td>
        </tr>
      ))}
    </Table>
  )
}

/** Sampled records that went through the pipeline: the newest, the slowest, or those that failed. */
export const TracesTab = ({ pipeline }: { readonly pipeline: string }) => {
  const search = useSearch({ from: "/pipelines/$pipeline" })
  const navigate = useNavigate({ from: "/pipelines/$pipeline" })
  const outcome = isOutcome(search.outcome) ? search.outcome : undefined
  const order = search.order === "slowest" ? "slowest" : "newest"
  const traces = useApi(
    "GET /api/traces",
    { query: { pipeline, order, limit, ...(outcome === undefined ? {} : { outcome }) } },
    { everySeconds: 3, keepsPrevious: true }
  )
  const choose = (next: { readonly outcome?: string; readonly order?: string }): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  const command = [
    `millrace trace list ${shellWord(pipeline)}`,
    ...(order === "slowest" ? ["--slowest"] : []),
    ...(outcome === undefined ? [] : [`--outcome ${outcome}`])
  ].join(" ")
  return (
    <Panel title="Records that were followed" isFlush aside={<CliCommand command={command} />}>
      <div className="filters">
        <label>
          Order{" "}
          <select className="field" value={order} onChange={({ target }) => choose({ order: target.value })}>
            <option value="newest">the newest first</option>
            <option value="slowest">the slowest first</option>
          </select>
        </label>
        <label>
          Outcome{" "}
          <select
            className="field"
            value={outcome ?? ""}
            onChange={({ target }) => choose({ outcome: target.value })}
          >
            <option value="">any</option>
            {outcomes.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      <Loaded query={traces} what="the traces">
        {(found) =>
          found.length > 0 ? (
            <Traces traces={found} />
          ) : outcome === undefined ? (
            <Empty title="No traces yet" command={command}>
              Every second a record of each source&apos;s task is followed, unless the platform was started
              with MILLRACE_TRACE_EVERY=off. The newest thousand are kept.
            </Empty>
          ) : (
            <Empty title={`No trace ${outcome === "failed" ? "failed" : `was ${outcome}`}`}>
              The newest thousand traces are kept.
            </Empty>
          )
        }
      </Loaded>
    </Panel>
  )
}
