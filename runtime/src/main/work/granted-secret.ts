import * as Effect from "effect/Effect"
import { grantsOf } from "../../controller/grants.ts"
import { RunningPipelines } from "../../controller/running-pipelines.ts"

/**
 * Whether some pipeline may use a secret: what runs was granted whole, and a worker may still be at the revision before, whose grants are in
 * force until they are taken back.
 */
export const isGrantedSecret = Effect.fn("isGrantedSecret")(function* (name: string) {
  const runs = yield* Effect.flatMap(RunningPipelines, (running) => running.all)
  const names = ({
    permission
  }: {
    readonly permission: { readonly kind: string; readonly name?: unknown }
  }) => permission.kind === "secret" && permission.name === name
  if (runs.some(({ plan, running }) => running !== undefined && plan.permissions.some(names))) return true
  for (const { stored } of runs) if ((yield* grantsOf(stored.pipeline)).some(names)) return true
  return false
})
