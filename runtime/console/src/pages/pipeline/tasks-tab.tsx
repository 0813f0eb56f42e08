import type { PipelineStatus } from "@millrace/sdk/api"
import { useRef } from "react"
import { useApi } from "../../api/use-api.ts"
import { Badge } from "../../parts/badge.tsx"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { Empty } from "../../parts/empty.tsx"
import { countText, rateText, shareText } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { ShareBar } from "../../parts/share-bar.tsx"
import { State } from "../../parts/state.tsx"
import { classOf, Table } from "../../parts/table.tsx"
import { type OrderedColumn, useOrder } from "../../parts/use-order.ts"
import { type Sample, type TaskLoad, taskLoads, withSample } from "./task-load.ts"

/** Chain and partition. */
const taskName = ({ chain, partition }: TaskLoad["task"]): string => `${chain} / ${partition}`

/** What failed first, then what tries again. */
const stateRank = ({ state }: TaskLoad["task"]): number => {
  if (state === "failed") return 0
  return state === "retrying" ? 1 : 2
}

const columns: readonly OrderedColumn<TaskLoad>[] = [
  { name: "Task", by: ({ task }) => taskName(task) },
  { name: "State", by: ({ task }) => `${stateRank(task)} ${task.state}` },
  { name: "Records/s", isNumber: true, by: ({ rate }) => rate ?? 0 },
  { name: "Of its chain", isNumber: true, by: ({ share }) => share ?? 0 },
  { name: "Lag", isNumber: true, by: ({ task }) => task.lagRecords },
  { name: "Commits", isNumber: true, isExtra: true, by: ({ task }) => task.sequence },
  { name: "Error" }
]

const Fault = ({ error }: TaskLoad["task"]) =>
  error === undefined ? (
    <span className="dim">none</span>
  ) : (
    <>
      <b className="bad">{error.code}</b>
      {error.node === undefined ? "" : ` at ${error.node}`}: {error.message}
    </>
  )

/** A lag that is no lag worth a look fills no bar. */
const leastLag = 1_000

/** `most`: the lag that fills the bar. */
const Row = ({ load, most }: { readonly load: TaskLoad; readonly most: number }) => {
  const { isCrowded, rate, share, task } = load
  return (
    <tr>
      <td className="num">{taskName(task)}</td>
      <td>
        <State state={task.state} />
      </td>
      <td className={classOf(true)}>{rate === undefined ? "–" : rateText(rate)}</td>
      <td>
        {share === undefined ? (
          <div className="right dim">–</div>
        ) : (
          <ShareBar share={share} isHigh={isCrowded}>
            {shareText(share)}
          </ShareBar>
        )}
      </td>
      <td>
        <ShareBar share={task.lagRecords / most}>{countText(task.lagRecords)}</ShareBar>
      </td>
      <td className={classOf(true, true)}>{countText(task.sequence)}</td>
      <td className="wrap-anywhere">
        <Fault {...task} />
      </td>
    </tr>
  )
}

/** Names the tasks that carry far more than their neighbours. */
const Crowded = ({ loads }: { readonly loads: readonly TaskLoad[] }) => {
  const found = loads.filter(({ isCrowded }) => isCrowded)
  return found.map(({ share = 0, task }) => {
    const even = 1 / loads.filter((each) => each.task.chain === task.chain).length
    return (
      <p key={`${task.chain} ${task.partition}`} className="note crowded">
        <Badge tone="warning">{`partition ${task.partition} of ${task.chain}`}</Badge> takes{" "}
        <b>{shareText(share)}</b> of the chain&apos;s records, where an even share is {shareText(even)}. Where
        they go by a key, a few keys have most of them.
      </p>
    )
  })
}

const Tasks = ({ at, status }: { readonly at: number; readonly status: PipelineStatus }) => {
  const samples = useRef<readonly Sample[]>([])
  samples.current = withSample(samples.current, status.tasks, at)
  const loads = taskLoads(status.tasks, samples.current)
  const ordered = useOrder(loads, columns, "Task")
  const most = Math.max(leastLag, ...status.tasks.map(({ lagRecords }) => lagRecords))
  return (
    <Panel
      title="Tasks"
      isFlush
      aside={
        <>
          {status.tasks.length}
          <CliCommand command={`millrace status ${shellWord(status.pipeline)} --json`} />
        </>
      }
    >
      {status.missingSecrets.map(({ nodes, secret }) => (
        <p key={secret} className="note bad">
          The secret {secret} is missing, which {nodes.join(", ")} asks for: millrace secret set {secret}
        </p>
      ))}
      <Crowded loads={loads} />
      {loads.length === 0 ? (
        <Empty title="No tasks run" command={`millrace pipeline resume ${shellWord(status.pipeline)}`}>
          The pipeline is {status.state}.
        </Empty>
      ) : (
        <Table label="Tasks" columns={ordered.columns}>
          {ordered.rows.map((load) => (
            <Row key={`${load.task.chain} ${load.task.partition}`} load={load} most={most} />
          ))}
        </Table>
      )}
    </Panel>
  )
}

/** Every task of the pipeline: its state, what it takes and how far it is behind, so that a crowded partition stands out. */
export const TasksTab = ({ pipeline }: { readonly pipeline: string }) => {
  const status = useApi("GET /api/status/:pipeline", { params: { pipeline } }, { everySeconds: 2 })
  return (
    <Loaded query={status} what="the tasks">
      {(found) => <Tasks status={found} at={status.dataUpdatedAt} />}
    </Loaded>
  )
}
