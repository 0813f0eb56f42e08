import type { PipelineGraph } from "@millrace/sdk/api"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { Panel } from "../../parts/panel.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"

const chainColumns: readonly Column[] = [
  { name: "Chain" },
  { name: "Tasks", isNumber: true },
  { name: "Reads" },
  { name: "Runs" },
  { name: "Writes" }
]
const topicColumns: readonly Column[] = [
  { name: "Topic" },
  { name: "Partitions", isNumber: true },
  { name: "Key" },
  { name: "Why it is there" }
]
const permissionColumns: readonly Column[] = [{ name: "Node" }, { name: "May" }, { name: "Granted" }]

/** The physical plan: which nodes run together, where, and through which topics. */
export const PlanTab = ({ graph }: { readonly graph: PipelineGraph }) => (
  <>
    <Panel
      title="Chains: what runs together as one task"
      aside={<CliCommand command={`millrace pipeline show ${shellWord(graph.pipeline)}`} />}
      isFlush
    >
      <Table label="Chains" columns={chainColumns}>
        {graph.chains.map(({ head, partitions, reads, segments, writes }) => (
          <tr key={head}>
            <td>
              <b>{head}</b>
            </td>
            <td className={classOf(true)}>{partitions ?? "as its source has"}</td>
            <td className="wrap-anywhere">{reads.join(", ") || "–"}</td>
            <td>
              {segments.length === 0
                ? "only repartitions"
                : segments.map(({ domain, nodes }) => (
                    <div key={`${domain} ${nodes[0]}`}>
                      {nodes.join(" → ")} <span className="dim">in the sandbox of {domain}</span>
                    </div>
                  ))}
            </td>
            <td className="wrap-anywhere">{writes.join(", ") || "–"}</td>
          </tr>
        ))}
      </Table>
    </Panel>
    <Panel title="Topics, and why each is there" isFlush>
      <Table label="Topics" columns={topicColumns}>
        {graph.topics.map(({ key, partitions, topic, why }) => (
          <tr key={topic}>
            <td className="wrap-anywhere">
              <code>{topic}</code>
            </td>
            <td className={classOf(true)}>{partitions}</td>
            <td>{key.join(", ") || "–"}</td>
            <td>{why}</td>
          </tr>
        ))}
      </Table>
    </Panel>
    <PermissionPanel graph={graph} />
    <Panel title="As text">
      <pre className="plan-text" role="region" aria-label="The plan as text" tabIndex={0}>
        {graph.explanation.join("\n")}
      </pre>
    </Panel>
  </>
)

const PermissionPanel = ({ graph }: { readonly graph: PipelineGraph }) => {
  const all = graph.nodes.flatMap(({ node, permissions }) =>
    permissions.map((permission) => ({ node, ...permission }))
  )
  return (
    <Panel title="Permissions" isFlush>
      {all.length === 0 ? (
        <p className="waiting">None: its plugins see their records and nothing else.</p>
      ) : (
        <Table label="Permissions" columns={permissionColumns}>
          {all.map(({ granted, handle, node, permission }) => (
            <tr key={`${node} ${handle} ${permission}`}>
              <td>{node}</td>
              <td className="wrap-anywhere">{permission}</td>
              <td>{granted ? "yes" : <span className="bad">no</span>}</td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  )
}
