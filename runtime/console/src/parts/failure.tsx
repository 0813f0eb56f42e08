import { useQueryClient } from "@tanstack/react-query"
import { askForToken } from "../api/act.ts"
import { Refusal, wantsToken } from "../api/refusal.ts"
import { Badge } from "./badge.tsx"
import "./empty.css"

/** What could not be had, why, and how to mend it. */
export const Failure = ({ error, what }: { readonly error: Error; readonly what: string }) => {
  const client = useQueryClient()
  const again = (): void => void client.invalidateQueries()
  const give = (): void =>
    void askForToken(error.message).then((given) => (given ? client.invalidateQueries() : undefined))
  return (
    <div className="empty failure" role="alert">
      <p className="empty-title">
        <Badge tone="bad">{error instanceof Refusal ? error.code : "FAILED"}</Badge> {what}
      </p>
      <p>{error.message}</p>
      {error instanceof Refusal && error.remedy !== undefined ? <p>{error.remedy}</p> : null}
      {wantsToken(error) ? (
        <button type="button" className="button" onClick={give}>
          Give a token
        </button>
      ) : (
        <button type="button" className="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  )
}
