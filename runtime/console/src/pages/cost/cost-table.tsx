import type { CostView } from "@millrace/sdk/api"
import { Link } from "@tanstack/react-router"
import { useApi } from "../../api/use-api.ts"
import { Empty } from "../../parts/empty.tsx"
import { bytesText, countText, shareText } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { ShareBar } from "../../parts/share-bar.tsx"
import { Stat, Stats } from "../../parts/stat.tsx"
import { classOf, Table } from "../../parts/table.tsx"
import { type OrderedColumn, useOrder } from "../../parts/use-order.ts"

type By = "plugin" | "owner" | "pipeline"

const titles: { readonly [B in By]: string } = { plugin: "Plugin", owner: "Owner", pipeline: "Pipeline" }

const columnsOf = (by: By): readonly OrderedColumn<CostView>[] => [
  { name: titles[by], by: ({ name }) => name },
  { name: "CPU ms", isNumber: true, by: ({ cpuSeconds }) => cpuSeconds },
  { name: "Share of CPU", isNumber: true },
  { name: "Bytes in", isNumber: true, isExtra: true, by: ({ bytesIn }) => bytesIn },
  { name: "Bytes out", isNumber: true, isExtra: true, by: ({ bytesOut }) => bytesOut },
  { name: "State", isNumber: true, isExtra: true, by: ({ stateBytes }) => stateBytes },
  { name: "Nodes", isNumber: true, isExtra: true, by: ({ nodes }) => nodes }
]

const Name = ({ by, name }: { readonly by: By; readonly name: string }) => {
  if (by === "pipeline")
    return (
      <Link to="/pipelines/$pipeline" params={{ pipeline: name }}>
        {name}
      </Link>
    )
  const [, scope, bare] = by === "plugin" ? (/^(@[^/]+)\/([^#]+)/.exec(name) ?? []) : []
  if (scope === undefined || bare === undefined) return <b>{name}</b>
  return (
    <Link to="/packages/$scope/$name" params={{ scope, name: bare }}>
      {name}
    </Link>
  )
}

const Sums = ({ costs }: { readonly costs: readonly CostView[] }) => {
  const sum = (of: (cost: CostView) => number): number => costs.reduce((total, each) => total + of(each), 0)
  return (
    <Stats>
      <Stat label="CPU" note="ms, in sandboxes">
        {countText(sum(({ cpuSeconds }) => cpuSeconds) * 1_000)}
      </Stat>
      <Stat label="Bytes in" note="of batches taken">
        {bytesText(sum(({ bytesIn }) => bytesIn))}
      </Stat>
      <Stat label="Bytes out" note="of batches given">
        {bytesText(sum(({ bytesOut }) => bytesOut))}
      </Stat>
      <Stat label="State" note="kept by key">
        {bytesText(sum(({ stateBytes }) => stateBytes))}
      </Stat>
      <Stat label="Nodes" note="in all pipelines">
        {sum(({ nodes }) => nodes)}
      </Stat>
    </Stats>
  )
}

const Costs = ({ by, costs }: { readonly by: By; readonly costs: readonly CostView[] }) => {
  const { columns, rows } = useOrder(costs, columnsOf(by), "CPU ms")
  return (
    <Panel title={`Since the platform started, by ${by}`} isFlush aside={costs.length}>
      {costs.length === 0 ? (
        <Empty title="Nothing has run yet" command="millrace apply movies.pipeline.yaml --grant">
          Every node of every pipeline is measured here from its first batch on.
        </Empty>
      ) : (
        <Table label="Cost" columns={columns}>
          {rows.map(({ bytesIn, bytesOut, cpuSeconds, name, nodes, share, stateBytes }) => (
            <tr key={name}>
              <td className="wrap-anywhere">
                <Name by={by} name={name} />
              </td>
              <td className={classOf(true)}>{countText(cpuSeconds * 1_000)}</td>
              <td>
                <ShareBar share={share}>{shareText(share)}</ShareBar>
              </td>
              <td className={classOf(true, true)}>{bytesText(bytesIn)}</td>
              <td className={classOf(true, true)}>{bytesText(bytesOut)}</td>
              <td className={classOf(true, true)}>{bytesText(stateBytes)}</td>
              <td className={classOf(true, true)}>{nodes}</td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  )
}

/** Costs added up, and what adds up to them. */
export const CostTable = ({ by }: { readonly by: By }) => {
  const costs = useApi("GET /api/cost", { query: { by } }, { everySeconds: 5 })
  return (
    <Loaded query={costs} what="the costs">
      {(all) => (
        <>
          <Sums costs={all} />
          <Costs by={by} costs={all} />
        </>
      )}
    </Loaded>
  )
}
