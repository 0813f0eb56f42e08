import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import type { SandboxPoolShape } from "@millrace/sandbox"
import type { LedgerView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { Controller, type ControllerShape } from "../../runtime/src/controller/controller.ts"
import { runOf } from "../../runtime/src/controller/status.ts"
import { PoolBetween, startPlatform } from "../../runtime/src/main/platform.ts"
import { Collector } from "../../runtime/src/observe/collector.ts"
import { Auditor } from "../../runtime/src/observe/ledger/auditor.ts"
import { metrics } from "../../runtime/src/telemetry/metric/catalogue.ts"
import { bundled, planRequest } from "../input/pipelines.ts"

const plugins = "./fixtures/numbers.ts"

/** Ten batches, in two partitions; then a pipeline that reads them, and one behind it that ends in a sink. */
const texts = {
  made: `
pipeline: made
owner: test
nodes:
  numbers:
    source: "${plugins}#numbers"
    with: { count: 1000, batch: 100 }
    stream: test.numbers
    partitions: 2
`,
  spread: `
pipeline: spread
owner: test
nodes:
  each:
    use: "${plugins}#spread"
    from: { stream: test.numbers }
    stream: test.spread
`,
  kept: `
pipeline: kept
owner: test
nodes:
  out:
    sink: "${plugins}#nowhere"
    from: { stream: test.spread }
`
} as const
export type PipelineName = keyof typeof texts
export const pipelineNames: readonly PipelineName[] = ["made", "spread", "kept"]

const apply = Effect.fnUntraced(function* (controller: ControllerShape, name: PipelineName) {
  const modules = { [plugins]: yield* Effect.promise(() => bundled(join(import.meta.dirname, plugins))) }
  const request = { ...planRequest(texts[name], modules), base: import.meta.dirname }
  const planned = yield* controller.plan(request)
  if (!("plan" in planned)) throw new Error(JSON.stringify(planned.problems))
  yield* controller.apply({ ...request, hash: planned.plan.hash, grant: true }, "test")
})

/** What the ledgers of all pipelines that ran say, and the metric that alerts watch. */
export interface Audited {
  readonly ledgers: readonly LedgerView[]
  readonly alarmed: boolean
}

/** Whether alerts see it. The log is looked at now and then: where something is wrong, a look later shows it. */
const alarmed = (expected: boolean) =>
  Effect.gen(function* () {
    const collector = yield* Collector
    for (let looks = 0; ; looks++) {
      const families = yield* collector.families
      const found = families
        .filter(({ definition }) => definition.name === metrics.ledgerImbalance.name)
        .flatMap(({ samples }) => samples)
        .some(({ value }) => value !== 0)
      if (found || !expected || looks === 100) return found
      yield* Effect.sleep(20)
    }
  })

/** Runs pipelines on a platform of their own, each to its end, and audits. Platforms on one folder go on from each other. */
export const runPipelines = (
  folder: string,
  names: readonly PipelineName[],
  between: (pool: SandboxPoolShape) => SandboxPoolShape = (pool) => pool
): Promise<Audited> =>
  Effect.gen(function* () {
    const { services } = yield* startPlatform({ folder, host: "127.0.0.1", port: 0 })
    return yield* Effect.gen(function* () {
      const controller = yield* Controller
      for (const name of names) {
        yield* apply(controller, name)
        const { running } = yield* runOf(name)
        if (running !== undefined) yield* running.untilCompleted
      }
      const auditor = yield* Auditor
      const ledgers = yield* Effect.forEach(names, (name) => auditor.ledger(name))
      const expected = ledgers.some(({ balanced }) => !balanced)
      return { ledgers, alarmed: yield* alarmed(expected) }
    }).pipe(Effect.provideContext(services))
  }).pipe(
    Effect.scoped,
    Effect.provideService(PoolBetween, between),
    Effect.provide(NodeServices.layer),
    Effect.runPromise
  )
