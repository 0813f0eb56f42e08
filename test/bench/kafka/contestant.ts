/** What a contestant reads and writes. */
export interface Course {
  readonly broker: string
  readonly input: string
  readonly output: string
  readonly partitions: number
  /** Of the bids in the registry of the platform that wrote them. */
  readonly schemaId: number
  /** Nobody has it but this run. */
  readonly name: string
}

/** One that was started: it goes on until it is stopped. */
export interface Runner {
  readonly pid: number
  /** The consumer group in whose offsets its progress is seen. */
  readonly group: string
  /** Rejects when it ends by itself. */
  readonly failed: Promise<never>
  readonly stop: () => Promise<void>
}

export interface Contestant {
  readonly name: string
  readonly start: (course: Course) => Promise<Runner>
}

/** Milliseconds between commits that all contestants aim at. */
export const commitMs = 100
