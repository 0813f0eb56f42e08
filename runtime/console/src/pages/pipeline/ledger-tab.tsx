import type { LedgerView } from "@millrace/sdk/api"
import { Link } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { Badge } from "../../parts/badge.tsx"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { exactText, plural } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"
import { Ago } from "../../parts/time.tsx"

const nodeColumns: readonly Column[] = [
  { name: "Node" },
  { name: "In", isNumber: true },
  { name: "= Handled", isNumber: true },
  { name: "+ Filtered", isNumber: true },
  { name: "+ Dead", isNumber: true },
  { name: "Accounted for" },
  { name: "Gave", isNumber: true, isExtra: true }
]
const edgeColumns: readonly Column[] = [
  { name: "Topic" },
  { name: "Committed", isNumber: true },
  { name: "Kept", isNumber: true, isExtra: true },
  { name: "Read by", isExtra: true },
  { name: "= Read", isNumber: true },
  { name: "+ Lag", isNumber: true },
  { name: "Accounted for" }
]

/** Records that are not where they should be: positive ones are lost, negative ones there twice. */
const Missing = ({ records }: { readonly records: number }) => {
  if (records === 0) return <Badge tone="good">all</Badge>
  return (
    <Badge tone="bad">{`${plural(Math.abs(records), "record")} ${records > 0 ? "missing" : "too many"}`}</Badge>
  )
}

const Verdict = ({ at, balanced, imbalances, pipeline }: LedgerView) => (
  <Panel
    title="Is every record accounted for?"
    aside={<CliCommand command={`millrace audit ${shellWord(pipeline)}`} />}
  >
    <div className="row">
      {balanced ? (
        <Badge tone="good">balanced</Badge>
      ) : (
        <Badge tone="bad">not balanced, records are not accounted for</Badge>
      )}
      <span className="dim">
        counts of both sides are made apart and compared with every commit; looked at <Ago at={at} />
      </span>
    </div>
    {imbalances.length === 0 ? null : (
      <ul className="list stack-tight imbalances">
        {imbalances.map(({ place, records }) => (
          <li key={place} className="row">
            <Missing records={records} /> <code className="wrap-anywhere">{place}</code>
          </li>
        ))}
      </ul>
    )}
  </Panel>
)

const Nodes = ({ nodes, pipeline }: LedgerView) => (
  <Panel title="Nodes: in = handled + filtered + dead" isFlush>
    <Table label="Ledger of nodes" columns={nodeColumns}>
      {nodes.map(({ dead, filtered, handled, in: taken, missing, node, out }) => (
        <tr key={node}>
          <td>
            <Link to="/pipelines/$pipeline/nodes/$node" params={{ pipeline, node }}>
              {node}
            </Link>
          </td>
          <td className={classOf(true)}>{exactText(taken)}</td>
          <td className={classOf(true)}>{exactText(handled)}</td>
          <td className={classOf(true)}>{exactText(filtered)}</td>
          <td className={classOf(true)}>{exactText(dead)}</td>
          <td>
            <Missing records={missing} />
          </td>
          <td className={classOf(true, true)}>{exactText(out)}</td>
        </tr>
      ))}
    </Table>
  </Panel>
)

type Edge = LedgerView["edges"][number]
interface EdgeRow extends Omit<Edge, "consumers"> {
  /** Undefined: nobody reads it. */
  readonly consumer: Edge["consumers"][number] | undefined
  /** The topic's own numbers stand in its first row alone. */
  readonly isFirst: boolean
}

/** A row for each consumer of a topic; one for a topic that nobody reads. */
const edgeRows = ({ consumers, ...edge }: Edge): readonly EdgeRow[] =>
  consumers.length === 0
    ? [{ ...edge, consumer: undefined, isFirst: true }]
    : consumers.map((consumer, index) => ({ ...edge, consumer, isFirst: index === 0 }))

const Edges = (ledger: LedgerView) => (
  <Panel title="Topics: committed = read + lag" isFlush>
    {ledger.edges.length === 0 ? (
      <p className="waiting">None: its nodes hand records on within one task.</p>
    ) : (
      <Table label="Ledger of topics" columns={edgeColumns}>
        {ledger.edges.flatMap(edgeRows).map(({ consumer, isFirst, kept, topic, written }) => (
          <tr key={`${topic} ${consumer?.pipeline} ${consumer?.chain}`}>
            <td className="wrap-anywhere">{isFirst ? <code>{topic}</code> : null}</td>
            <td className={classOf(true)}>{isFirst ? exactText(written) : null}</td>
            <td className={classOf(true, true)}>{isFirst ? exactText(kept) : null}</td>
            <td className="extra wrap-anywhere">
              {consumer === undefined ? (
                <span className="dim">nobody</span>
              ) : (
                `${consumer.pipeline} / ${consumer.chain}`
              )}
            </td>
            <td className={classOf(true)}>{consumer === undefined ? "–" : exactText(consumer.read)}</td>
            <td className={classOf(true)}>{consumer === undefined ? "–" : exactText(consumer.lag)}</td>
            <td>
              <Missing
                records={consumer === undefined ? written - kept : written - consumer.read - consumer.lag}
              />
            </td>
          </tr>
        ))}
      </Table>
    )}
    <p className="note">
      Lag is what is still in flight. Records that say how far time has come, or that a source has ended,
      count like others.
    </p>
  </Panel>
)

/** The conservation of records: nothing goes in that does not come out, is filtered, is dead, or is on its way. */
export const LedgerTab = ({ pipeline }: { readonly pipeline: string }) => {
  const ledger = useApi("GET /api/status/:pipeline/ledger", { params: { pipeline } }, { everySeconds: 5 })
  return (
    <Loaded query={ledger} what="the ledger">
      {(found) => (
        <>
          <Verdict {...found} />
          <Nodes {...found} />
          <Edges {...found} />
        </>
      )}
    </Loaded>
  )
}
