import type { PipelineGraph } from "@millrace/sdk/api"
import { useNavigate } from "@tanstack/react-router"
import { Panel } from "../../parts/panel.tsx"
import { FieldRows } from "./field-rows.tsx"
import { edgesOf } from "./flow-layout.ts"

/** What flows along every edge: an output's fields, and who takes which of them. */
export const SchemasTab = ({ graph }: { readonly graph: PipelineGraph }) => {
  const navigate = useNavigate({ from: "/pipelines/$pipeline" })
  const edges = edgesOf(graph)
  return graph.nodes.flatMap(({ node, outputs }) =>
    outputs.map(({ fields, key, output, stream }) => {
      const takers = edges.filter((edge) => edge.source === node && edge.output === output)
      const name = output === "output" ? node : `${node}.${output}`
      const to = takers.length === 0 ? "nobody here" : takers.map(({ target }) => target).join(", ")
      return (
        <Panel
          key={name}
          title={`${name} → ${to}`}
          aside={stream === null ? (takers[0]?.topic ?? "within a task") : `stream ${stream}`}
          isFlush
        >
          <FieldRows
            label={`Fields of ${name}`}
            fields={fields}
            keys={key}
            choose={(field) => void navigate({ search: { node, field: `${output}.${field}` } })}
          />
          {takers.map(({ id, slot, target }) => (
            <p key={id} className="note">
              <b>{target}</b> takes {takenBy(graph, target, slot)}
            </p>
          ))}
        </Panel>
      )
    })
  )
}

const takenBy = (graph: PipelineGraph, target: string, slot: string): string => {
  const node = graph.nodes.find((each) => each.node === target)
  const input = node?.inputs.find((each) => each.input === slot)
  if (input === undefined) return `it as the lookup table ${slot}`
  const names = input.fields.map(({ name }) => name).join(", ")
  const by = input.keyBy.length === 0 ? "" : `, keyed by ${input.keyBy.join(", ")}`
  return `${names === "" ? "no field of it, and passes it on" : names}${by}`
}
