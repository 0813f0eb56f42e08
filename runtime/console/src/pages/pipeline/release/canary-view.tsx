import type { CanaryStatus } from "@millrace/sdk/api"
import { Link } from "@tanstack/react-router"
import { act } from "../../../api/act.ts"
import { Action } from "../../../parts/action.tsx"
import { CliCommand, shellWord } from "../../../parts/cli-command.tsx"
import { Panel } from "../../../parts/panel.tsx"
import { type Column, Table } from "../../../parts/table.tsx"

type Node = CanaryStatus["nodes"][number]

/** Partitions of a chain, each with whether the canary runs it. */
const Partitions = ({ besidePartitions, partitions }: Node) => (
  <ul className="list partitions" aria-label="Partitions">
    {[...partitions, ...besidePartitions]
      .toSorted((one, other) => one - other)
      .map((partition) => {
        const isCanary = partitions.includes(partition)
        return (
          <li
            key={partition}
            className={isCanary ? "partition-canary" : undefined}
            aria-label={`${partition}, ${isCanary ? "canary" : "as before"}`}
          >
            {partition}
          </li>
        )
      })}
  </ul>
)

/** The beginning of what follows the name of the hash. */
const digestText = (digest: string): string => digest.replace(/^sha\d+-/, "").slice(0, 10) || "none"

/** A revision that is tried on some partitions: which, and how it ends. */
export const CanaryView = ({
  canary,
  pipeline,
  revision
}: {
  readonly canary: CanaryStatus
  readonly pipeline: string
  readonly revision: number
}) => {
  const columns: readonly Column[] = [
    { name: "Node" },
    { name: "Chain", isExtra: true },
    { name: "Partitions: filled ones run the canary" },
    { name: `Code of revision ${revision}`, isExtra: true },
    { name: `Code of revision ${canary.beside}`, isExtra: true }
  ]
  return (
    <Panel title={`Canary: revision ${revision} beside revision ${canary.beside}`} isFlush>
      <Table label="Canary" columns={columns}>
        {canary.nodes.map((node) => (
          <tr key={node.node}>
            <td>{node.node}</td>
            <td className="extra">{node.chain}</td>
            <td>
              <Partitions {...node} />
            </td>
            <td className="extra">
              <code title={node.digest}>{digestText(node.digest)}</code>
            </td>
            <td className="extra">
              <code title={node.besideDigest}>{digestText(node.besideDigest)}</code>{" "}
              {node.digest === node.besideDigest ? <span className="dim">the same code</span> : null}
            </td>
          </tr>
        ))}
      </Table>
      <div className="canary-ends stack">
        <Action
          title="Promote"
          command={`millrace pipeline promote ${shellWord(pipeline)}`}
          run={() => act("POST /api/status/:pipeline/promote", { params: { pipeline } })}
          done={({ revision: next }) => `all partitions run it, as revision ${next}`}
        />
        <div className="row">
          <Link
            to="/pipelines/$pipeline"
            params={{ pipeline }}
            search={{ tab: "history", revision: String(canary.beside) }}
            resetScroll={false}
            className="button"
          >
            End it: back to revision {canary.beside}
          </Link>
          <CliCommand command={`millrace pipeline rollback ${shellWord(pipeline)} --to ${canary.beside}`} />
        </div>
      </div>
    </Panel>
  )
}
