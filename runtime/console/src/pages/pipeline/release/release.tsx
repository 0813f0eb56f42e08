import type { PipelineStatus, RevisionView } from "@millrace/sdk/api"
import { useApi } from "../../../api/use-api.ts"
import { Badge } from "../../../parts/badge.tsx"
import { CliCommand, shellWord } from "../../../parts/cli-command.tsx"
import { Loaded } from "../../../parts/loaded.tsx"
import { Panel } from "../../../parts/panel.tsx"
import { State } from "../../../parts/state.tsx"
import { Moment } from "../../../parts/time.tsx"
import { CanaryView } from "./canary-view.tsx"
import "./release.css"

interface ReleaseOptions {
  readonly pipeline: string
  readonly revisions: readonly RevisionView[]
}

const Running = ({
  revisions,
  status
}: {
  readonly status: PipelineStatus
  readonly revisions: ReleaseOptions["revisions"]
}) => {
  const { canary, revision, state, trial } = status
  const own = revisions.find((each) => each.revision === revision)
  return (
    <dl className="facts">
      <dt>Runs</dt>
      <dd className="row">
        <State state={state} /> <b className="num">revision {revision}</b>
        {canary === undefined ? null : <Badge tone="busy">canary beside revision {canary.beside}</Badge>}
        {trial === undefined ? null : <Badge tone="busy">on trial</Badge>}
      </dd>
      {own === undefined ? null : (
        <>
          <dt>Why</dt>
          <dd>
            {own.what}, by {own.by}, <Moment at={own.at} />
          </dd>
        </>
      )}
      {trial === undefined ? null : (
        <>
          <dt>Trial</dt>
          <dd>
            It has committed nothing of its own yet. Should it fail at its first batch, the platform takes
            revision {trial.before} again by itself.
          </dd>
        </>
      )}
    </dl>
  )
}

/** What runs now, and what is tried: a canary on some partitions, a new revision before its first commit. */
export const Release = ({ pipeline, revisions }: ReleaseOptions) => {
  const status = useApi("GET /api/status/:pipeline", { params: { pipeline } }, { everySeconds: 2 })
  return (
    <Loaded query={status} what="what runs">
      {(found) => (
        <>
          <Panel title="What runs" aside={<CliCommand command={`millrace status ${shellWord(pipeline)}`} />}>
            <Running status={found} revisions={revisions} />
          </Panel>
          {found.canary === undefined ? null : (
            <CanaryView pipeline={pipeline} revision={found.revision} canary={found.canary} />
          )}
        </>
      )}
    </Loaded>
  )
}
