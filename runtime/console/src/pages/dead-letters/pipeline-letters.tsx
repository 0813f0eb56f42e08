import { Link, useSearch } from "@tanstack/react-router"
import { act } from "../../api/act.ts"
import { useApi } from "../../api/use-api.ts"
import { Action } from "../../parts/action.tsx"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { Empty } from "../../parts/empty.tsx"
import { plural } from "../../parts/format.ts"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"
import { Ago } from "../../parts/time.tsx"
import { type Cause, causesOf, isOpen } from "./causes.ts"
import { CauseLetters } from "./cause-letters.tsx"

const most = 2_000

const columns: readonly Column[] = [
  { name: "Cause" },
  { name: "Node" },
  { name: "Open", isNumber: true },
  { name: "All", isNumber: true },
  { name: "Last", isExtra: true }
]

const Causes = ({
  causes,
  chosen,
  pipeline
}: {
  readonly pipeline: string
  readonly causes: readonly Cause[]
  readonly chosen: Cause | undefined
}) => (
  <Panel title="By cause" isFlush aside={causes.length}>
    <Table label="Causes" columns={columns}>
      {causes.map((cause) => (
        <tr key={cause.id} aria-selected={cause === chosen}>
          <td className="wrap-anywhere">
            <Link to="/dead-letters" search={{ pipeline, cause: cause.id }} resetScroll={false}>
              {cause.code}
            </Link>
            <div className="dim">{cause.message}</div>
          </td>
          <td>{cause.node}</td>
          <td className={classOf(true)}>{cause.letters.filter(isOpen).length}</td>
          <td className={classOf(true)}>{cause.letters.length}</td>
          <td className="extra">
            <Ago at={cause.letters.at(-1)?.time ?? 0} />
          </td>
        </tr>
      ))}
    </Table>
  </Panel>
)

/** The dead letters of one pipeline, grouped by cause. */
export const PipelineLetters = ({ pipeline }: { readonly pipeline: string }) => {
  const { cause: wanted } = useSearch({ from: "/dead-letters" })
  const letters = useApi(
    "GET /api/status/:pipeline/dead-letters",
    { params: { pipeline }, query: { limit: most } },
    { everySeconds: 5 }
  )
  return (
    <Loaded query={letters} what="the dead letters">
      {(all) => {
        const causes = causesOf(all)
        const chosen = causes.find(({ id }) => id === wanted) ?? causes[0]
        const open = all.filter(isOpen)
        if (chosen === undefined)
          return (
            <Empty
              title={`${pipeline} has set no record aside`}
              command={`millrace dlq list ${shellWord(pipeline)}`}
            />
          )
        return (
          <>
            <div className="row">
              <span className="num">
                {plural(open.length, "open letter")} of {all.length}
                {all.length === most ? ", the newest of more" : ""}
              </span>
              <Action
                title="Replay all that are open"
                isDisabled={open.every(({ value }) => value === undefined)}
                command={`millrace dlq replay ${shellWord(pipeline)}`}
                run={() =>
                  act("POST /api/status/:pipeline/dead-letters/replay", { params: { pipeline }, body: {} })
                }
                done={({ replayed }) => `${replayed} put back in, in their order`}
              />
              <CliCommand command={`millrace dlq list ${shellWord(pipeline)}`} />
            </div>
            <Causes pipeline={pipeline} causes={causes} chosen={chosen} />
            <CauseLetters key={chosen.id} pipeline={pipeline} cause={chosen} />
          </>
        )
      }}
    </Loaded>
  )
}
