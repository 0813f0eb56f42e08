/** When a commit became durable, and when a source read the oldest record that it was made of; ms since 1970. */
export interface CommitTime {
  readonly committedAt: number
  readonly originAt: number
}

/** Of each task so many commits are known: what lags behind further is at least as old. */
const perTask = 2_048

/**
 * When the batches of the log were committed. A batch names the task that made it and the number of its commit, so that whoever
 * reads it learns how old its records are. Held in memory: what a platform before this one committed is not known.
 */
export class CommitTimes {
  private readonly tasks = new Map<string, (CommitTime & { readonly sequence: number })[]>()
  readonly startedAt: number

  /** `startedAt`: nothing that is known is older, ms since 1970. */
  constructor(startedAt: number) {
    this.startedAt = startedAt
  }

  note(producer: number, partition: number, sequence: number, time: CommitTime): void {
    const name = `${producer} ${partition}`
    const known = this.tasks.get(name) ?? []
    known[sequence % perTask] = { ...time, sequence }
    this.tasks.set(name, known)
  }

  /** Undefined when it is not known any more, or was made by a platform before. */
  of(producer: number, partition: number, sequence: number): CommitTime | undefined {
    const found = this.tasks.get(`${producer} ${partition}`)?.[sequence % perTask]
    return found?.sequence === sequence ? found : undefined
  }
}
