import type { Draw } from "../power-cut/disk.ts"

/** One thing that is done to what runs; each is undone before the next. */
export type Fault =
  | {
      readonly kind: "kill"
      /** Of the processes: 0 is the platform. */
      readonly process: number
      /** In the middle of a commit; else at any time. */
      readonly inCommit: boolean
      /** After the commit has begun, or after the last fault was undone. */
      readonly afterMs: number
      /** Its folder is lost, too. */
      readonly losesState: boolean
    }
  | {
      readonly kind: "broker"
      readonly broker: number
      readonly how: "stop" | "kill"
      readonly afterMs: number
    }
  | { readonly kind: "freeze"; readonly process: number; readonly afterMs: number; readonly forMs: number }

export interface FaultCounts {
  readonly kills: number
  readonly restarts: number
  readonly freezes: number
  readonly processes: number
  readonly brokers: number
  /** Longer than a session, and than a transaction may be open. */
  readonly freezeMs: number
}

/** A commit has five round trips, of some milliseconds each. */
export const longestCommitMs = 25
const longestWaitMs = 1_500
/** One of so many kills takes the folder, too. */
const lossEvery = 6

/** So many faults of each kind, in an order that is drawn. Half the kills come in the middle of a commit, half of the brokers go hard. */
export function planFaults(counts: FaultCounts, draw: Draw): readonly Fault[] {
  const faults: Fault[] = []
  for (let number = 0; number < counts.kills; number++) {
    const inCommit = number % 2 === 0
    faults.push({
      kind: "kill",
      process: number % counts.processes,
      inCommit,
      afterMs: Math.round(draw() * (inCommit ? longestCommitMs : longestWaitMs)),
      losesState: number % lossEvery === lossEvery - 1
    })
  }
  for (let number = 0; number < counts.restarts; number++)
    faults.push({
      kind: "broker",
      broker: 1 + (number % counts.brokers),
      how: Math.floor(number / counts.brokers) % 2 === 0 ? "stop" : "kill",
      afterMs: Math.round(draw() * longestWaitMs)
    })
  for (let number = 0; number < counts.freezes; number++)
    faults.push({
      kind: "freeze",
      // A worker rather than the platform, where there is one.
      process: counts.processes - 1 - (number % Math.max(1, counts.processes - 1)),
      afterMs: Math.round(draw() * longestWaitMs),
      forMs: counts.freezeMs
    })
  return faults
    .map((fault) => ({ fault, at: draw() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ fault }) => fault)
}
