/** When a commit became durable, and when a source read the oldest record that it was made of; ms since 1970. */
export interface CommitTime {
  readonly committedAt: number
  readonly originAt: number
}

/** Of each task so many commits are known: what lags behind further is at least as old. */
const perTask = 2_048
const atFirst = 16
/** Sequence, committedAt, originAt. */
const columns = 3
const none = -1

/**
 * When the batches of the log were committed. A batch names the task that made it and the number of its commit, so that whoever
 * reads it learns how old its records are. Held in memory: what a platform before this one committed is not known.
 */
export class CommitTimes {
  private readonly tasks = new Map<string, LastTimes>()
  readonly startedAt: number

  /** `startedAt`: nothing that is known is older, ms since 1970. */
  constructor(startedAt: number) {
    this.startedAt = startedAt
  }

  note(producer: number, partition: number, sequence: number, time: CommitTime): void {
    const name = `${producer} ${partition}`
    const known = this.tasks.get(name) ?? new LastTimes()
    if (known.isEmpty) this.tasks.set(name, known)
    known.note(sequence, time)
  }

  /** Undefined when it is not known any more, or was made by a platform before. */
  of(producer: number, partition: number, sequence: number): CommitTime | undefined {
    return this.tasks.get(`${producer} ${partition}`)?.of(sequence)
  }
}

/** Of one task, in one piece of memory that grows as it has more: an object for each would be garbage that has become old. */
class LastTimes {
  private rows = new Float64Array(atFirst * columns).fill(none)
  private noted = 0

  get isEmpty(): boolean {
    return this.noted === 0
  }

  note(sequence: number, { committedAt, originAt }: CommitTime): void {
    if (this.noted === this.capacity && this.capacity < perTask) this.grow()
    this.noted += 1
    this.set(sequence, committedAt, originAt)
  }

  of(sequence: number): CommitTime | undefined {
    const at = this.placeOf(sequence)
    if (this.rows[at] !== sequence) return undefined
    return { committedAt: this.rows[at + 1] ?? none, originAt: this.rows[at + 2] ?? none }
  }

  private get capacity(): number {
    return this.rows.length / columns
  }

  private placeOf(sequence: number): number {
    return (sequence % this.capacity) * columns
  }

  private set(sequence: number, committedAt: number, originAt: number): void {
    const at = this.placeOf(sequence)
    this.rows[at] = sequence
    this.rows[at + 1] = committedAt
    this.rows[at + 2] = originAt
  }

  private grow(): void {
    const before = this.rows
    this.rows = new Float64Array(before.length * 2).fill(none)
    for (let at = 0; at < before.length; at += columns)
      this.set(before[at] ?? none, before[at + 1] ?? none, before[at + 2] ?? none)
  }
}
