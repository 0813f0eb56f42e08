import type { TraceView } from "@millrace/sdk/api"
import { Link, useParams } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { msText, plural } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { Moment } from "../../parts/time.tsx"
import { PageHead } from "../../shell/page-head.tsx"
import { Outcome } from "./outcome.tsx"
import { Waterfall } from "./waterfall.tsx"
import "./trace.css"

/** A record may still be on its way. */
const everySeconds = 5

const Facts = ({ trace }: { readonly trace: TraceView }) => (
  <div className="row">
    <Outcome outcome={trace.outcome} />
    <span className="num">
      {msText(trace.durationMs)} from <Moment at={trace.beganAt} />, {plural(trace.spans, "span")}
    </span>
    <span>
      {trace.pipelines.map((pipeline, index) => (
        <span key={pipeline}>
          {index === 0 ? "through " : ", "}
          <Link to="/pipelines/$pipeline" params={{ pipeline }} search={{ tab: "traces" }}>
            {pipeline}
          </Link>
        </span>
      ))}
    </span>
  </div>
)

/** One sampled record's way across nodes and topics. */
export const TracePage = () => {
  const { traceId } = useParams({ from: "/traces/$traceId" })
  const trace = useApi("GET /api/traces/:traceId", { params: { traceId } }, { everySeconds })
  return (
    <>
      <PageHead title={`Trace ${traceId.slice(0, 8)}`} trail={<Link to="/">Overview</Link>}>
        <CliCommand command={`millrace trace show ${shellWord(traceId)}`} />
      </PageHead>
      <Loaded query={trace} what="the trace">
        {(found) => (
          <>
            <Facts trace={found} />
            <Panel title="Node by node" isFlush aside={<code>{found.traceId}</code>}>
              <Waterfall trace={found} />
              <p className="note">
                A bar is the batch that had the record: from when it was begun to when what was made of it was
                durable; nodes of one task share it. The line before it is how long the record waited in the
                topic.
              </p>
            </Panel>
          </>
        )}
      </Loaded>
    </>
  )
}
