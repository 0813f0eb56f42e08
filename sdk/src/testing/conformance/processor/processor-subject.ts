import type { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { FixtureCase } from "../../fixture/fixture-file.ts"
import type { FixtureError } from "../../fixture/fixture-problem.ts"
import type { Outcome } from "../../fixture/outcome.ts"
import { type Manner, type ReadyCase, runCase } from "../../fixture/run-case.ts"
import { withCase } from "../rows.ts"

/** A processor in its surroundings, with records for it. */
export interface ProcessorSubject {
  readonly ready: ReadyCase
  /** As the case says, in one memory: what other runs are held against. Run once. */
  readonly whole: Effect.Effect<Outcome, FixtureError, SandboxPool>
  /** Another run of it: other records, another manner. */
  readonly run: (manner: Manner, given?: FixtureCase) => Effect.Effect<Outcome, FixtureError, SandboxPool>
}

export const processorSubject = Effect.fnUntraced(function* (ready: ReadyCase) {
  const run: ProcessorSubject["run"] = (manner, given = ready.case) =>
    runCase({ ...withCase(ready, given), manner: { isFresh: false, ...manner } }, "whole")
  const subject: ProcessorSubject = { ready, run, whole: yield* Effect.cached(run({})) }
  return subject
})
