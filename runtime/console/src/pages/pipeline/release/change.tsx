import type { RevisionView } from "@millrace/sdk/api"
import { useApi } from "../../../api/use-api.ts"
import { DiffView } from "../../../parts/diff-view.tsx"
import { Loaded } from "../../../parts/loaded.tsx"
import { Panel } from "../../../parts/panel.tsx"
import { ChangeLines } from "./change-lines.tsx"
import { Rollback } from "./rollback.tsx"

/** What a revision changed, in the plan and in its file; of one that does not run also the way back to it. */
export const Change = ({
  changes,
  pipeline,
  revision,
  running
}: {
  readonly pipeline: string
  readonly revision: number
  readonly running: number
  /** Undefined: too long ago to be listed. */
  readonly changes: RevisionView["changes"] | undefined
}) => {
  const route = "GET /api/pipelines/:pipeline/revisions/:revision"
  const now = useApi(route, { params: { pipeline, revision } })
  const before = useApi(route, { params: { pipeline, revision: revision - 1 } }, { isWanted: revision > 1 })
  const old = revision > 1 ? before.data?.text : ""
  return (
    <>
      {revision === running ? null : (
        <Panel title={`Back to revision ${revision}`}>
          <Rollback key={running} pipeline={pipeline} to={revision} />
        </Panel>
      )}
      <Panel title={revision > 1 ? `What revision ${revision} changed` : "Revision 1"} isFlush>
        {changes === undefined || revision === 1 ? null : <ChangeLines changes={changes} />}
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
    </>
  )
}
