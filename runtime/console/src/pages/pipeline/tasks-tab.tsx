import { useApi } from "../../api/use-api.ts"
import { countText } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { State } from "../../parts/state.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"

const columns: readonly Column[] = [
  { name: "Chain" },
  { name: "Partition", isNumber: true },
  { name: "State" },
  { name: "Lag", isNumber: true },
  { name: "Commits", isNumber: true, isExtra: true },
  { name: "Error" }
]

/** Every task of the pipeline, those that failed first. */
export const TasksTab = ({ pipeline }: { readonly pipeline: string }) => {
  const status = useApi("GET /api/status/:pipeline", { params: { pipeline } }, { everySeconds: 2 })
  return (
    <Loaded query={status} what="the tasks">
      {({ missingSecrets, tasks }) => (
        <Panel title="Tasks" isFlush aside={tasks.length}>
          {missingSecrets.map(({ nodes, secret }) => (
            <p key={secret} className="note bad">
              The secret {secret} is missing, which {nodes.join(", ")} asks for: millrace secret set {secret}
            </p>
          ))}
          <Table label="Tasks" columns={columns}>
            {tasks
              .toSorted((one, other) => Number(other.state === "failed") - Number(one.state === "failed"))
              .map(({ chain, error, lagRecords, partition, sequence, state }) => (
                <tr key={`${chain} ${partition}`}>
                  <td>{chain}</td>
                  <td className={classOf(true)}>{partition}</td>
                  <td>
                    <State state={state} />
                  </td>
                  <td className={classOf(true)}>{countText(lagRecords)}</td>
                  <td className={classOf(true, true)}>{countText(sequence)}</td>
                  <td className="wrap-anywhere">
                    {error === undefined ? (
                      <span className="dim">none</span>
                    ) : (
                      <>
                        <b className="bad">{error.code}</b>
                        {error.node === undefined ? "" : ` at ${error.node}`}: {error.message}
                      </>
                    )}
                  </td>
                </tr>
              ))}
          </Table>
        </Panel>
      )}
    </Loaded>
  )
}
