import type { GraphNode, PipelineGraph } from "@millrace/sdk/api"
import { Link, useNavigate } from "@tanstack/react-router"
import { JsonView } from "../../parts/json-view.tsx"
import { Panel } from "../../parts/panel.tsx"
import { FieldRows } from "../pipeline/field-rows.tsx"

/** `@millrace/filter`, `1.2.0` and `filter` of `@millrace/filter@1.2.0#filter`; undefined for a plugin by path. */
const packageOf = (
  plugin: string
): { readonly scope: string; readonly name: string; readonly version: string } | undefined => {
  const [, scope, name, version] = /^(@[^/]+)\/([^@]+)@([^#]+)/.exec(plugin) ?? []
  return scope === undefined || name === undefined || version === undefined
    ? undefined
    : { scope, name, version }
}

/** What a node was told, what it may, and the fields that it takes and gives. */
export const ConfigTab = ({ graph, node }: { readonly graph: PipelineGraph; readonly node: GraphNode }) => {
  const from = packageOf(node.plugin)
  const navigate = useNavigate()
  return (
    <>
      <div className="columns">
        <Panel title="Plugin">
          <dl className="facts">
            <dt>Plugin</dt>
            <dd>
              {from === undefined ? (
                node.plugin
              ) : (
                <Link
                  to="/packages/$scope/$name"
                  params={{ scope: from.scope, name: from.name }}
                  search={{ version: from.version }}
                >
                  {node.plugin}
                </Link>
              )}
            </dd>
            <dt>Bundle</dt>
            <dd>
              <code>{node.digest}</code>
            </dd>
            <dt>Kind</dt>
            <dd>{node.kind}</dd>
            <dt>Runs in chain</dt>
            <dd>{node.chain}</dd>
            <dt>Trust domain</dt>
            <dd>{node.domain}</dd>
            <dt>On error</dt>
            <dd>{node.onError}</dd>
            <dt>Ends</dt>
            <dd>{node.bounded ? "yes, when its sources do" : "no, it runs on"}</dd>
          </dl>
        </Panel>
        <div className="stack">
          <Panel title="Config" isFlush>
            <JsonView label={`Config of ${node.node}`} value={node.config} />
          </Panel>
          <Panel title="Permissions">
            {node.permissions.length === 0 ? (
              <p className="dim">None: it sees its records and nothing else.</p>
            ) : (
              <ul>
                {node.permissions.map(({ granted, handle, permission }) => (
                  <li key={`${handle} ${permission}`} className="wrap-anywhere">
                    {permission}
                    {granted ? "" : <b className="bad"> (not granted)</b>}
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        </div>
      </div>
      {node.inputs.map(({ feeds, fields, input, keyBy }) => (
        <Panel key={input} title={`Takes ${input}`}>
          <dl className="facts">
            <dt>From</dt>
            <dd>{feeds.map((feed) => feed.stream ?? feed.node).join(", ")}</dd>
            <dt>Gets at</dt>
            <dd>{fields.map(({ name, type }) => `${name}: ${type}`).join(", ") || "no field"}</dd>
            <dt>Keyed by</dt>
            <dd>{keyBy.join(", ") || "as it came"}</dd>
          </dl>
        </Panel>
      ))}
      {node.outputs.map(({ fields, key, output }) => (
        <Panel key={output} title={`Gives ${output}`} isFlush>
          <FieldRows
            label={`Fields of ${output}`}
            fields={fields}
            keys={key}
            choose={(field) =>
              void navigate({
                to: "/pipelines/$pipeline",
                params: { pipeline: graph.pipeline },
                search: { node: node.node, field: `${output}.${field}` }
              })
            }
          />
        </Panel>
      ))}
    </>
  )
}
