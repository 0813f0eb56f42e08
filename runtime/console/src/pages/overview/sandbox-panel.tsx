import { useApi } from "../../api/use-api.ts"
import { Badge } from "../../parts/badge.tsx"
import { bytesText, countText } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { type Column, classOf, Table } from "../../parts/table.tsx"
import { Ago } from "../../parts/time.tsx"

const columns: readonly Column[] = [
  { name: "Trust domain" },
  { name: "Process", isNumber: true },
  { name: "Memory", isNumber: true },
  { name: "CPU", isNumber: true },
  { name: "Restarts", isNumber: true },
  { name: "Started", isExtra: true },
  { name: "Guards", isExtra: true }
]

/** The processes that plugins run in. */
export const SandboxPanel = () => {
  const status = useApi("GET /api/status", {}, { everySeconds: 5 })
  return (
    <Panel title="Sandbox processes" isFlush>
      <Loaded query={status} what="the sandbox processes">
        {({ sandboxes }) =>
          sandboxes.length === 0 ? (
            <p className="waiting">None runs: domains without work are parked.</p>
          ) : (
            <Table label="Sandbox processes" columns={columns}>
              {sandboxes.map((each) => (
                <tr key={each.pid}>
                  <td className="wrap-anywhere">{each.domain}</td>
                  <td className={classOf(true)}>{each.pid}</td>
                  <td className={classOf(true)}>{bytesText(each.residentBytes)}</td>
                  <td className={classOf(true)}>{(each.cpuMicros / 1e6).toFixed(1)} s</td>
                  <td className={classOf(true)}>{countText(each.restarts)}</td>
                  <td className="extra">
                    <Ago at={each.startedAt} />
                  </td>
                  <td className="extra">
                    {each.missingGuards.length === 0 ? (
                      <Badge tone="good">all {each.guards.length}</Badge>
                    ) : (
                      <Badge tone="warning">without {each.missingGuards.join(", ")}</Badge>
                    )}
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
