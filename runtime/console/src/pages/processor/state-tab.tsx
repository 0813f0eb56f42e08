import type { GraphNode } from "@millrace/sdk/api"
import { useState } from "react"
import { useApi } from "../../api/use-api.ts"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { Empty } from "../../parts/empty.tsx"
import { dateText } from "../../parts/format.ts"
import { JsonView } from "../../parts/json-view.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"

const columns: readonly Column[] = [
  { name: "Key" },
  { name: "State" },
  { name: "Value" },
  { name: "Partition", isNumber: true, isExtra: true },
  { name: "Expires", isExtra: true }
]

interface StateOptions {
  readonly pipeline: string
  readonly node: string
}

/** What a node keeps by key. */
export const StateTab = ({ node, pipeline }: { readonly pipeline: string; readonly node: GraphNode }) => {
  const [chosen, setChosen] = useState<string>()
  if (node.state.length === 0 && node.stateKey === null)
    return <Empty title={`${node.node} keeps nothing between records`} />
  return (
    <>
      <Keys pipeline={pipeline} node={node.node} chosen={chosen} choose={setChosen} />
      {chosen === undefined ? null : <OneKey pipeline={pipeline} node={node.node} stateKey={chosen} />}
    </>
  )
}

const Keys = ({
  choose,
  chosen,
  node,
  pipeline
}: StateOptions & { readonly chosen: string | undefined; readonly choose: (key: string) => void }) => {
  const [after, setAfter] = useState<string>()
  const keys = useApi(
    "GET /api/status/:pipeline/nodes/:node/state",
    { params: { pipeline, node }, query: { limit: 50, ...(after === undefined ? {} : { after }) } },
    { everySeconds: 5, keepsPrevious: true }
  )
  return (
    <Panel
      title="State by key"
      aside={<CliCommand command={`millrace state show ${shellWord(pipeline)} ${shellWord(node)}`} />}
      isFlush
    >
      <Loaded query={keys} what="the state">
        {(page) => (
          <>
            <Table label="State by key" columns={columns}>
              {page.keys.map(({ entries, expires, key, partition, state, value }) => (
                <tr key={`${partition} ${state} ${key}`} aria-selected={key === chosen}>
                  <td>
                    <button type="button" className="field-button" onClick={() => choose(key)}>
                      <code>{key}</code>
                    </button>
                  </td>
                  <td>{state}</td>
                  <td className="wrap-anywhere">
                    <code>{entries === undefined ? JSON.stringify(value) : `${entries} entries`}</code>
                  </td>
                  <td className={classOf(true, true)}>{partition}</td>
                  <td className="extra">{expires === undefined ? "never" : dateText(expires)}</td>
                </tr>
              ))}
            </Table>
            {page.keys.length === 0 ? <p className="waiting">It keeps nothing now.</p> : null}
            <div className="filters">
              <button
                type="button"
                className="button"
                disabled={after === undefined}
                onClick={() => setAfter(undefined)}
              >
                First
              </button>
              <button
                type="button"
                className="button"
                disabled={page.next === null}
                onClick={() => setAfter(page.next ?? undefined)}
              >
                Next
              </button>
            </div>
          </>
        )}
      </Loaded>
    </Panel>
  )
}

const OneKey = ({ node, pipeline, stateKey }: StateOptions & { readonly stateKey: string }) => {
  const state = useApi(
    "GET /api/status/:pipeline/nodes/:node/state/key",
    { params: { pipeline, node }, query: { key: stateKey } },
    { everySeconds: 5 }
  )
  const command = `millrace state show ${shellWord(pipeline)} ${shellWord(node)} ${shellWord(stateKey)}`
  return (
    <Panel title={`Everything of ${stateKey}`} aside={<CliCommand command={command} />} isFlush>
      <Loaded query={state} what={stateKey}>
        {({ states, timers }) => <JsonView label={`State of ${stateKey}`} value={{ states, timers }} />}
      </Loaded>
    </Panel>
  )
}
