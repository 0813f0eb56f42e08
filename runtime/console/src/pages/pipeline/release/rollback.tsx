import type { RollbackPlan } from "@millrace/sdk/api"
import { useState } from "react"
import { act } from "../../../api/act.ts"
import { Action } from "../../../parts/action.tsx"
import { shellWord } from "../../../parts/cli-command.tsx"
import { ChangeLines } from "./change-lines.tsx"
import "./release.css"

interface RollbackOptions {
  readonly pipeline: string
  readonly to: number
}

/** Goes back to a revision in two steps: first what it would change, then the deed. */
export const Rollback = ({ pipeline, to }: RollbackOptions) => {
  const [shown, setShown] = useState<RollbackPlan>()
  const [discardState, setDiscardState] = useState(false)
  const flags = discardState ? " --discard-state" : ""
  const command = `millrace pipeline rollback ${shellWord(pipeline)} --to ${to}${flags}`
  const look = async (): Promise<void> => {
    const params = { pipeline }
    setShown(await act("POST /api/status/:pipeline/rollback/plan", { params, body: { to, discardState } }))
  }
  return (
    <div className="stack">
      <label className="choice">
        <input
          type="checkbox"
          checked={discardState}
          onChange={({ target }) => {
            setDiscardState(target.checked)
            setShown(undefined)
          }}
        />
        Let state begin empty that revision {to} cannot read; without it such a way back is refused
      </label>
      <Action title="Show what it would change" command={`${command} --dry-run`} run={look} />
      {shown === undefined ? null : (
        <Agreed shown={shown} pipeline={pipeline} command={command} discardState={discardState} />
      )}
    </div>
  )
}

const Agreed = ({
  command,
  discardState,
  pipeline,
  shown
}: {
  readonly shown: RollbackPlan
  readonly pipeline: string
  readonly command: string
  readonly discardState: boolean
}) => {
  const { from, plan, to } = shown
  const asked = plan.permissions.filter(({ granted }) => !granted)
  const [grant, setGrant] = useState(false)
  return (
    <>
      <ChangeLines changes={plan.changes} />
      {plan.rerun ? (
        <p className="warn">It has ended: it will run again from the start of its sources.</p>
      ) : null}
      {plan.missingSecrets.map(({ nodes, secret }) => (
        <p key={secret} className="bad">
          The secret {secret} is missing, which {nodes.join(", ")} asks for: millrace secret set {secret}
        </p>
      ))}
      {asked.length === 0 ? null : (
        <label className="choice">
          <input type="checkbox" checked={grant} onChange={({ target }) => setGrant(target.checked)} />
          Grant what it asks for:{" "}
          {asked.map(({ node, permission }) => `${node} may ${permission}`).join("; ")}
        </label>
      )}
      <Action
        title={`Take revision ${to} again`}
        isDangerous
        isDisabled={asked.length > 0 && !grant}
        command={grant ? `${command} --grant` : command}
        run={() =>
          act("POST /api/status/:pipeline/rollback", {
            params: { pipeline },
            body: { to, from, grant, discardState }
          })
        }
        done={({ revision }) => `taken again as revision ${revision}`}
      />
    </>
  )
}
