import { Link } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { State } from "../../parts/state.tsx"
import { type Column, Table } from "../../parts/table.tsx"

const columns: readonly Column[] = [
  { name: "Pipeline" },
  { name: "Owner" },
  { name: "State" },
  { name: "Node" },
  { name: "Version" }
]

/** The nodes of pipelines that run a package, and in which version. */
export const UsesTab = ({ name }: { readonly name: string }) => {
  const status = useApi("GET /api/status", {}, { everySeconds: 5 })
  return (
    <Panel title="Who uses it" isFlush>
      <Loaded query={status} what="the pipelines">
        {({ pipelines }) => {
          const uses = pipelines.flatMap(({ nodes, owner, pipeline, state }) =>
            nodes
              .filter((node) => node.package.startsWith(`${name}@`))
              .map((node) => ({
                node: node.node,
                owner,
                pipeline,
                state,
                version: node.package.slice(name.length + 1)
              }))
          )
          return uses.length === 0 ? (
            <p className="waiting">No pipeline here.</p>
          ) : (
            <Table label="Uses" columns={columns}>
              {uses.map(({ node, owner, pipeline, state, version }) => (
                <tr key={`${pipeline} ${node}`}>
                  <td>
                    <Link to="/pipelines/$pipeline" params={{ pipeline }}>
                      {pipeline}
                    </Link>
                  </td>
                  <td>{owner}</td>
                  <td>
                    <State state={state} />
                  </td>
                  <td>
                    <Link to="/pipelines/$pipeline/nodes/$node" params={{ pipeline, node }}>
                      {node}
                    </Link>
                  </td>
                  <td className="num">{version}</td>
                </tr>
              ))}
            </Table>
          )
        }}
      </Loaded>
    </Panel>
  )
}
