import type { DeadLetterView } from "@millrace/sdk/api"
import { useState } from "react"
import { act } from "../../api/act.ts"
import { Action } from "../../parts/action.tsx"
import { CliCommand, shellWord } from "../../parts/cli-command.tsx"
import { JsonView } from "../../parts/json-view.tsx"
import { Panel } from "../../parts/panel.tsx"
import { Moment } from "../../parts/time.tsx"
import { isOpen } from "./causes.ts"
import { editOf } from "./edit-of.ts"

/** One dead letter whole: why, where, the record, and the record mended. */
export const OneLetter = ({
  letter,
  pipeline
}: {
  readonly pipeline: string
  readonly letter: DeadLetterView
}) => (
  <Panel
    title={`Dead letter ${letter.id}`}
    aside={<CliCommand command={`millrace dlq show ${shellWord(pipeline)} ${letter.id}`} />}
  >
    <div className="stack">
      <dl className="facts">
        <dt>Failed at</dt>
        <dd>{letter.node}</dd>
        <dt>Because</dt>
        <dd>
          <b>{letter.tag ?? letter.code}</b>: {letter.message}
        </dd>
        <dt>Stood at</dt>
        <dd>
          offset {letter.offset} of partition {letter.partition} of {letter.topic}
        </dd>
        <dt>When</dt>
        <dd>
          <Moment at={letter.time} />
        </dd>
      </dl>
      {letter.value === undefined ? (
        <>
          <p className="dim">
            It kept no record that could be put back in: its source rejected the text. Mend it where it came
            from.
          </p>
          <JsonView label="Rejected text" value={letter.raw} />
        </>
      ) : isOpen(letter) ? (
        <Editor pipeline={pipeline} letter={letter} />
      ) : (
        <JsonView label="Record" value={letter.value} />
      )}
    </div>
  </Panel>
)

const Editor = ({ letter, pipeline }: { readonly pipeline: string; readonly letter: DeadLetterView }) => {
  const [text, setText] = useState(() => JSON.stringify(letter.value, null, 2))
  const edit = editOf(letter.value, text)
  const changed = "fields" in edit ? Object.keys(edit.fields) : []
  return (
    <div className="stack-tight">
      <label htmlFor={`record-${letter.id}`}>Record; what you change is put in its place</label>
      <textarea
        id={`record-${letter.id}`}
        className="field letter-editor"
        spellCheck={false}
        rows={Math.min(24, text.split("\n").length + 1)}
        value={text}
        aria-invalid={"problem" in edit}
        aria-describedby={`problem-${letter.id}`}
        onChange={({ target }) => setText(target.value)}
      />
      <p id={`problem-${letter.id}`} className={"problem" in edit ? "bad" : "dim"}>
        {"problem" in edit
          ? edit.problem
          : changed.length === 0
            ? "Fields that show ••• are sensitive: they stay as they are unless you write over them."
            : `Changed: ${changed.join(", ")}. Its key stays as it was, also where it is made of these: the record goes back to the task that failed it, and to the state of that key.`}
      </p>
      <Action
        title={changed.length === 0 ? "Replay as it is" : "Replay mended"}
        isDisabled={"problem" in edit}
        command={
          changed.length === 0
            ? `millrace dlq replay ${shellWord(pipeline)} ${letter.id}`
            : `millrace dlq replay ${shellWord(pipeline)} ${letter.id} --set ${shellWord(JSON.stringify("fields" in edit ? edit.fields : {}))}`
        }
        run={() =>
          act("POST /api/status/:pipeline/dead-letters/replay", {
            params: { pipeline },
            body: {
              ids: [letter.id],
              ...(changed.length === 0 || !("fields" in edit) ? {} : { edits: { [letter.id]: edit.fields } })
            }
          })
        }
        done={({ replayed }) => `${replayed} put back in`}
      />
    </div>
  )
}
