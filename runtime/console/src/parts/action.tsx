import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Failure } from "./failure.tsx"
import { CliCommand } from "./cli-command.tsx"
import "./action.css"

/** A write: a button, beside it the command that does the same, below it what went wrong. */
export const Action = <A,>({
  command,
  done,
  isDangerous = false,
  isDisabled = false,
  run,
  title
}: {
  readonly title: string
  readonly command: string
  readonly run: () => Promise<A>
  /** What to say of the answer. */
  readonly done?: (answer: A) => string
  readonly isDangerous?: boolean
  readonly isDisabled?: boolean
}) => {
  const client = useQueryClient()
  const mutation = useMutation({ mutationFn: run, onSuccess: () => client.invalidateQueries() })
  return (
    <div className="action">
      <button
        type="button"
        className={isDangerous ? "button button-danger" : "button"}
        disabled={isDisabled || mutation.isPending}
        onClick={() => mutation.mutate()}
      >
        {mutation.isPending ? `${title} …` : title}
      </button>
      <CliCommand command={command} />
      <span role="status" className="action-done">
        {mutation.isSuccess && done !== undefined ? done(mutation.data) : ""}
      </span>
      {mutation.isError ? <Failure error={mutation.error} what={`${title} was refused`} /> : null}
    </div>
  )
}
