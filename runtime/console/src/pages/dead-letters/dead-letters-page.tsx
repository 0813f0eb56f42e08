import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useLive } from "../../live/use-live.ts"
import { Empty } from "../../parts/empty.tsx"
import { countText } from "../../parts/format.ts"
import { Panel } from "../../parts/panel.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"
import { PageHead } from "../../shell/page-head.tsx"
import { PipelineLetters } from "./pipeline-letters.tsx"
import "./dead-letters.css"

const columns: readonly Column[] = [{ name: "Pipeline" }, { name: "Owner" }, { name: "Open", isNumber: true }]

const Choice = () => {
  const pipelines = useLive((status) => status.pipelines)
  if (pipelines === undefined)
    return (
      <p className="waiting" role="status">
        Waiting for the live view …
      </p>
    )
  const affected = pipelines.filter(({ deadLetters }) => deadLetters > 0)
  if (affected.length === 0)
    return (
      <Empty title="No open dead letters">
        A record that fails under the policy <code>dead-letter</code> is kept here with its cause, until it is
        put back in or discarded. Choose a pipeline to see what became of earlier ones.
      </Empty>
    )
  return (
    <Panel title="Pipelines with open dead letters" isFlush>
      <Table label="Pipelines with open dead letters" columns={columns}>
        {affected.map(({ deadLetters, owner, pipeline }) => (
          <tr key={pipeline}>
            <td>
              <Link to="/dead-letters" search={{ pipeline }}>
                {pipeline}
              </Link>
            </td>
            <td>{owner}</td>
            <td className={classOf(true)}>{countText(deadLetters)}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  )
}

/** Records that were set aside: by pipeline, then by cause. */
export const DeadLettersPage = () => {
  const { pipeline } = useSearch({ from: "/dead-letters" })
  const navigate = useNavigate({ from: "/dead-letters" })
  const names = (useLive((status) => status.pipelines) ?? []).map((each) => each.pipeline)
  return (
    <>
      <PageHead title="Dead letters">
        <label>
          Pipeline{" "}
          <select
            className="field"
            value={pipeline ?? ""}
            onChange={({ target }) =>
              void navigate({ search: target.value === "" ? {} : { pipeline: target.value } })
            }
          >
            <option value="">choose</option>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </PageHead>
      {pipeline === undefined ? <Choice /> : <PipelineLetters key={pipeline} pipeline={pipeline} />}
    </>
  )
}
