import { useEffect, useState } from "react"
import { setTokenPrompt } from "../api/act.ts"
import { CliCommand } from "../parts/cli-command.tsx"
import { Dialog } from "../parts/dialog.tsx"

interface Asked {
  readonly why: string
  readonly answer: (token: string | undefined) => void
}

/** Asks for a token whenever a call is refused for want of one. */
export const TokenDialog = () => {
  const [asked, setAsked] = useState<Asked>()
  useEffect(() => setTokenPrompt((why) => new Promise((answer) => setAsked({ why, answer }))), [])
  if (asked === undefined) return null
  const close = (token: string | undefined): void => {
    setAsked(undefined)
    asked.answer(token)
  }
  return (
    <Dialog title="A token is needed" onClose={() => close(undefined)}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          const given = new FormData(event.currentTarget).get("token")
          close(typeof given === "string" && given.trim() !== "" ? given.trim() : undefined)
        }}
      >
        <h2>A token is needed</h2>
        <p>{asked.why}</p>
        <p>
          It is kept for this tab alone. On the platform&apos;s machine this command opens the console with
          one:
        </p>
        <CliCommand command="millrace console" />
        <label className="stack-tight">
          Token
          <input name="token" type="password" autoComplete="off" className="field" autoFocus />
        </label>
        <div className="row">
          <button type="submit" className="button button-main">
            Go on
          </button>
          <button type="button" className="button" onClick={() => close(undefined)}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}
