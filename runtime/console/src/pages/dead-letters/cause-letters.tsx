import { useState } from "react"
import { act } from "../../api/act.ts"
import { Action } from "../../parts/action.tsx"
import { Badge } from "../../parts/badge.tsx"
import { shellWord } from "../../parts/cli-command.tsx"
import { plural } from "../../parts/format.ts"
import { Panel } from "../../parts/panel.tsx"
import { classOf, type Column, Table } from "../../parts/table.tsx"
import { Ago } from "../../parts/time.tsx"
import { type Cause, isOpen } from "./causes.ts"
import { OneLetter } from "./one-letter.tsx"

const columns: readonly Column[] = [
  { name: "" },
  { name: "Id" },
  { name: "When" },
  { name: "Stood at", isExtra: true },
  { name: "Record" },
  { name: "Is" }
]

/** Letters that are shown at once. */
const most = 200

const fate = ({ discarded, replayed }: Cause["letters"][number]) =>
  replayed ? (
    <Badge tone="quiet">replayed</Badge>
  ) : discarded ? (
    <Badge tone="quiet">discarded</Badge>
  ) : (
    <Badge tone="warning">open</Badge>
  )

/** The letters of a cause: choose some, put them back in or away; open one to look at it. */
export const CauseLetters = ({ cause, pipeline }: { readonly pipeline: string; readonly cause: Cause }) => {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [shown, setShown] = useState<string>()
  const open = cause.letters.filter(isOpen).map(({ id }) => id)
  const wanted = open.filter((id) => chosen.has(id))
  const ids = wanted.length === 0 ? open : wanted
  const choose = (id: string): void =>
    setChosen((before) => {
      const next = new Set(before)
      if (!next.delete(id)) next.add(id)
      return next
    })
  const letter = cause.letters.find(({ id }) => id === shown)
  return (
    <>
      <Panel title={`${cause.code} at ${cause.node}`} isFlush aside={plural(open.length, "open letter")}>
        <LetterActions pipeline={pipeline} ids={ids} isAll={wanted.length === 0} />
        <Table label="Dead letters of this cause" columns={columns}>
          {cause.letters.slice(-most).map((each) => (
            <tr key={each.id} aria-selected={each.id === shown}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Choose ${each.id}`}
                  disabled={!isOpen(each)}
                  checked={chosen.has(each.id)}
                  onChange={() => choose(each.id)}
                />
              </td>
              <td>
                <button
                  type="button"
                  className="field-button"
                  aria-expanded={each.id === shown}
                  onClick={() => setShown(each.id === shown ? undefined : each.id)}
                >
                  <code>{each.id}</code>
                </button>
              </td>
              <td>
                <Ago at={each.time} />
              </td>
              <td className="extra wrap-anywhere dim">
                {each.topic} {each.partition}@{each.offset}
              </td>
              <td className="letter-record">
                <code>{JSON.stringify(each.value ?? each.raw)}</code>
              </td>
              <td className={classOf()}>{fate(each)}</td>
            </tr>
          ))}
        </Table>
      </Panel>
      {letter === undefined ? null : <OneLetter key={letter.id} pipeline={pipeline} letter={letter} />}
    </>
  )
}

const LetterActions = ({
  ids,
  isAll,
  pipeline
}: {
  readonly pipeline: string
  readonly ids: readonly string[]
  readonly isAll: boolean
}) => {
  const what = isAll ? "these" : "chosen"
  const words = ids.length > 6 ? `${ids.slice(0, 6).join(" ")} …` : ids.join(" ")
  return (
    <div className="letter-actions">
      <Action
        title={`Replay ${what} ${ids.length}`}
        isDisabled={ids.length === 0}
        command={`millrace dlq replay ${shellWord(pipeline)} ${words}`}
        run={() =>
          act("POST /api/status/:pipeline/dead-letters/replay", { params: { pipeline }, body: { ids } })
        }
        done={({ replayed }) => `${replayed} put back in, in their order`}
      />
      <Action
        title={`Discard ${what} ${ids.length}`}
        isDangerous
        isDisabled={ids.length === 0}
        command={`millrace dlq discard ${shellWord(pipeline)} ${words}`}
        run={() =>
          act("POST /api/status/:pipeline/dead-letters/discard", { params: { pipeline }, body: { ids } })
        }
        done={({ discarded }) => `${discarded} discarded`}
      />
    </div>
  )
}
