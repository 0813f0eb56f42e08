/** An event that does not fit the contract. */
export class ContractError extends Error {
  readonly _tag = "ContractError"
  readonly code = "EVENT_INVALID"
  /** JSON pointer (RFC 6901) to what is wrong; empty for the whole event. */
  readonly pointer: string
  readonly problem: string

  constructor(pointer: string, problem: string) {
    super(`${pointer === "" ? "the event" : pointer}: ${problem}`)
    this.pointer = pointer
    this.problem = problem
  }
}

/** The same, said one level further out. */
export const within = (step: string, error: unknown): unknown => {
  if (!(error instanceof ContractError)) return error
  return new ContractError(
    `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}${error.pointer}`,
    error.problem
  )
}
