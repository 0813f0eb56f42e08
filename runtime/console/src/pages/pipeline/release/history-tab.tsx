import { Link, useSearch } from "@tanstack/react-router"
import { useApi } from "../../../api/use-api.ts"
import { CliCommand, shellWord } from "../../../parts/cli-command.tsx"
import { Loaded } from "../../../parts/loaded.tsx"
import { Panel } from "../../../parts/panel.tsx"
import { type Column, Table } from "../../../parts/table.tsx"
import { Moment } from "../../../parts/time.tsx"
import { Change } from "./change.tsx"
import { Release } from "./release.tsx"

const columns: readonly Column[] = [
  { name: "Revision" },
  { name: "Applied" },
  { name: "By", isExtra: true },
  { name: "Why it is there" },
  { name: "Changes", isNumber: true, isExtra: true },
  { name: "Plan", isExtra: true }
]

const limit = 100

/** What runs, what is tried, and every plan before it with the way back. */
export const HistoryTab = ({
  pipeline,
  running
}: {
  readonly pipeline: string
  readonly running: number
}) => {
  const search = useSearch({ from: "/pipelines/$pipeline" })
  const shown = Number(search.revision ?? running)
  const history = useApi("GET /api/status/:pipeline/history", { params: { pipeline }, query: { limit } })
  return (
    <Loaded query={history} what="the revisions">
      {(revisions) => (
        <>
          <Release pipeline={pipeline} revisions={revisions} />
          <Panel
            title="Revisions"
            isFlush
            aside={<CliCommand command={`millrace pipeline history ${shellWord(pipeline)}`} />}
          >
            <Table label="Revisions" columns={columns}>
              {revisions.map(({ at, by, changes, planHash, revision, what }) => (
                <tr key={revision} aria-selected={revision === shown}>
                  <td className="num">
                    <Link to="." search={{ tab: "history", revision: String(revision) }} resetScroll={false}>
                      {revision}
                    </Link>
                  </td>
                  <td>
                    <Moment at={at} /> {revision === running ? <span className="tag">runs</span> : null}
                  </td>
                  <td className="extra">{by}</td>
                  <td className="wrap-anywhere">{what}</td>
                  <td className="num right extra">{changes.length}</td>
                  <td className="extra">
                    <code title={planHash}>{planHash.slice(0, 12)}</code>
                  </td>
                </tr>
              ))}
            </Table>
          </Panel>
          <Change
            key={shown}
            pipeline={pipeline}
            revision={shown}
            running={running}
            changes={revisions.find(({ revision }) => revision === shown)?.changes}
          />
        </>
      )}
    </Loaded>
  )
}
