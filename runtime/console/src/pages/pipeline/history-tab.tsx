import { Link, useSearch } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { DiffView } from "../../parts/diff-view.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { type Column, Table } from "../../parts/table.tsx"
import { Moment } from "../../parts/time.tsx"

const columns: readonly Column[] = [
  { name: "Revision" },
  { name: "Applied" },
  { name: "By" },
  { name: "Plan" }
]

/** Every plan that was applied, and what each changed. */
export const HistoryTab = ({
  pipeline,
  running
}: {
  readonly pipeline: string
  readonly running: number
}) => {
  const search = useSearch({ from: "/pipelines/$pipeline" })
  const shown = Number(search.revision ?? running)
  const revisions = useApi("GET /api/pipelines/:pipeline/revisions", {
    params: { pipeline },
    query: { limit: 200 }
  })
  return (
    <>
      <Panel
        title="Revisions"
        isFlush
        aside={<CliCommand command={`millrace pipeline history ${shellWord(pipeline)}`} />}
      >
        <Loaded query={revisions} what="the revisions">
          {({ revisions: all }) => (
            <Table label="Revisions" columns={columns}>
              {all.map(({ appliedAt, appliedBy, planHash, revision }) => (
                <tr key={revision} aria-selected={revision === shown}>
                  <td className="num">
                    <Link to="." search={{ tab: "history", revision: String(revision) }} resetScroll={false}>
                      {revision}
                    </Link>
                  </td>
                  <td>
                    <Moment at={appliedAt} />{" "}
                    {revision === running ? <span className="tag">runs</span> : null}
                  </td>
                  <td>{appliedBy}</td>
                  <td>
                    <code title={planHash}>{planHash.slice(0, 12)}</code>
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </Loaded>
      </Panel>
      <Change pipeline={pipeline} revision={shown} isRunning={shown === running} />
    </>
  )
}

const Change = ({
  isRunning,
  pipeline,
  revision
}: {
  readonly pipeline: string
  readonly revision: number
  readonly isRunning: boolean
}) => {
  const route = "GET /api/pipelines/:pipeline/revisions/:revision"
  const now = useApi(route, { params: { pipeline, revision } })
  const before = useApi(route, { params: { pipeline, revision: revision - 1 } }, { isWanted: revision > 1 })
  const old = revision > 1 ? before.data?.text : ""
  return (
    <Panel
      title={revision > 1 ? `What revision ${revision} changed` : "Revision 1"}
      isFlush
      aside={
        isRunning ? undefined : (
          <CliCommand command={`millrace pipeline rollback ${shellWord(pipeline)} --to ${revision}`} />
        )
      }
    >
      <Loaded query={now} what={`revision ${revision}`}>
        {({ text }) =>
          old === undefined ? (
            <p className="waiting">Loading revision {revision - 1} …</p>
          ) : (
            <DiffView label={`Pipeline file of revision ${revision}`} before={old} after={text} />
          )
        }
      </Loaded>
    </Panel>
  )
}
