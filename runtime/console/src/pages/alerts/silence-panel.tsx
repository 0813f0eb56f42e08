import { act } from "../../api/act.ts"
import { useApi } from "../../api/use-api.ts"
import { Action } from "../../parts/action.tsx"
import { CliCommand } from "../../parts/cli-command.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { type Column, Table } from "../../parts/table.tsx"
import { Ago, Moment } from "../../parts/time.tsx"

const columns: readonly Column[] = [
  { name: "Keeps quiet" },
  { name: "Until" },
  { name: "Why" },
  { name: "By", isExtra: true },
  { name: "" }
]

/** What is not told for a while. */
export const SilencePanel = () => {
  const silences = useApi("GET /api/silences", {}, { everySeconds: 5 })
  return (
    <Panel title="Silences" isFlush aside={<CliCommand command="millrace alerts silences" />}>
      <Loaded query={silences} what="the silences">
        {(all) =>
          all.length === 0 ? (
            <p className="waiting">None: every alert is told to its owner.</p>
          ) : (
            <Table label="Silences" columns={columns}>
              {all.map(({ at, by, id, labels, reason, rule, until }) => (
                <tr key={id}>
                  <td className="wrap-anywhere">
                    {rule ?? "every rule"}{" "}
                    {Object.entries(labels).map(([name, value]) => (
                      <span key={name} className="tag">
                        {name}={value}
                      </span>
                    ))}
                  </td>
                  <td>
                    <Moment at={until} />
                  </td>
                  <td>{reason}</td>
                  <td className="extra">
                    {by}, <Ago at={at} />
                  </td>
                  <td>
                    <Action
                      title="End"
                      command={`millrace alerts unsilence ${id}`}
                      run={() => act("DELETE /api/silences/:id", { params: { id } })}
                    />
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Loaded>
    </Panel>
  )
}
