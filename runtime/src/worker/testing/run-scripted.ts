import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { PhysicalPlan } from "../../plan/physical.ts"
import { embeddedTransport } from "../../transport/embedded/index.ts"
import { Transport } from "../../transport/transport.ts"
import type { TransportShape } from "../../transport/transport.ts"
import { runPlan } from "../run-plan.ts"
import type { RunningPipeline } from "../run-plan.ts"
import { makeMeters } from "../worker-environment.ts"
import { loadPlan } from "./scripted-plan.ts"
import { scriptedPool } from "./scripted-pool.ts"
import type { Script } from "./scripted-pool.ts"

export interface ScriptedRun<A, E> {
  /** By default the load pipeline. */
  readonly plan?: PhysicalPlan
  /** What stands before the log. */
  readonly through?: (transport: TransportShape) => TransportShape
  readonly use: (running: RunningPipeline, transport: TransportShape) => Effect.Effect<A, E>
}

/** Runs a pipeline of scripted segments over a log in the folder for as long as it is used. */
export function runScripted<A, E>(
  folder: string,
  script: Script,
  { plan = loadPlan(), through = (transport) => transport, use }: ScriptedRun<A, E>
) {
  const program = Effect.gen(function* () {
    const transport = through(yield* Transport)
    const running = yield* runPlan(plan, {
      transport,
      pool: scriptedPool(script),
      seedKey: new Uint8Array(32),
      meters: makeMeters(0),
      byteBudget: Semaphore.makeUnsafe(65_536),
      budgetKiB: 65_536,
      onLog: () => Effect.void
    })
    return yield* use(running, transport)
  })
  return Effect.scoped(program).pipe(Effect.provide(embeddedTransport({ folder })))
}
