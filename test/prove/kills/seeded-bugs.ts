import type { Kill } from "./kill-plan.ts"

/** A bug that is put into the program while it is loaded, and with which kills it must show. */
export interface SeededBug {
  readonly name: string
  /** Below runtime/src. */
  readonly file: string
  readonly from: string
  readonly to: string
  readonly kills: readonly Kill[]
}

const kill = (point: Kill["point"], pass: number): Kill => ({ point, pass, delayMs: 0 })

const nothingElse =
  "positions: {}, tokens: {}, watermarks: {}, counts: {}, completed: false, now: context.now"
const beforeCommit = '  failpoint("before-commit")\n'

/** Each must be caught by the checker: a proof that would pass with them proves nothing. */
export const seededBugs: readonly SeededBug[] = [
  {
    name: "commit before output",
    file: "worker/task/task.ts",
    from: beforeCommit,
    to: `yield* Effect.mapError(log.commit({ outputs: [], state: result.state, offsets: moves.offsets, ${nothingElse.replace("positions: {}", "positions: moves.positions")} }), fromTransport)\n${beforeCommit}`,
    kills: [kill("before-commit", 25), kill("before-commit", 40)]
  },
  {
    name: "offset + 1",
    file: "worker/task/task.ts",
    from: "offsets: moves.offsets,",
    to: "offsets: moves.offsets.map((offset) => ({ ...offset, next: offset.next + 1n })),",
    kills: [kill("after-commit", 40), kill("after-commit", 40)]
  },
  {
    name: "state outside the commit",
    file: "worker/task/task.ts",
    from: beforeCommit,
    to: `if (result.state.length > 0) yield* Effect.mapError(log.commit({ outputs: [], state: result.state, offsets: [], ${nothingElse} }), fromTransport)\n  if (result.state.length > 0) failpoint("before-commit")\n`,
    kills: [kill("before-commit", 5), kill("before-commit", 15)]
  },
  {
    name: "lost dead letter",
    file: "worker/task/task.ts",
    from: "deadLetterFrames(result.deadLetters, ",
    to: "deadLetterFrames(result.deadLetters.slice(1), ",
    kills: [kill("after-reply", 30)]
  },
  {
    name: "two records swapped",
    file: "worker/task/record-task.ts",
    from: "runFrames(chain, task.host, fetched.frames, context)",
    to: "runFrames(chain, task.host, [...fetched.frames].reverse(), context)",
    kills: [kill("after-reply", 30)]
  },
  {
    name: "a batch repeated",
    file: "worker/task/task.ts",
    from: "    log.commit({\n      outputs,",
    to: "    log.commit({\n      outputs: (facts.checkpoint?.sequence ?? 0) === 3 ? [...outputs, ...outputs] : outputs,",
    kills: [kill("after-reply", 30)]
  }
]

/** Name of the variable that says which bug is to be there. */
export const seededBugVariable = "SEEDED_BUG"
