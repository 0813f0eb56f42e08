import type { PlanRequest } from "@millrace/sdk/api"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { catalogueOf } from "../plan/catalogue.ts"
import type { PlanDependencies } from "../plan/dependencies.ts"
import { diffPlans } from "../plan/difference/diff-plans.ts"
import { makePlan } from "../plan/make-plan.ts"
import { readPipeline } from "../pipeline/index.ts"
import { GivenStreams } from "./given-streams.ts"
import { grantsOf } from "./grants.ts"
import { Packages } from "./packages.ts"
import { RunningPipelines } from "./running-pipelines.ts"
import { PipelineStore } from "./store.ts"
import { storeFailed } from "./store-failed.ts"
import { readStoredPlan } from "./stored.ts"

/** Plans a pipeline on top of what is stored of it, and says what applying it would change. */
export const planPipeline = Effect.fn("planPipeline")(function* (request: PlanRequest) {
  const store = yield* PipelineStore
  const name = nameOf(request)
  const current = name === undefined ? undefined : yield* store.get(name).pipe(Effect.mapError(storeFailed))
  const running = current === undefined ? undefined : yield* readStoredPlan(current)
  const grants = name === undefined ? [] : yield* grantsOf(name)
  const plan = yield* makePlan(
    {
      text: request.text,
      vars: request.vars,
      baseFolder: request.base,
      modules: request.modules,
      lock: running?.lock,
      upgrade: request.upgrade,
      grants
    },
    yield* planDependencies
  )
  return { plan, current, difference: diffPlans(running, plan) }
})

/** The pipeline's name, as far as the text can be read; `makePlan` says what is wrong with it. */
const nameOf = (request: PlanRequest): string | undefined => {
  const read = readPipeline({ text: request.text, vars: request.vars })
  return "ok" in read ? read.ok.pipeline : undefined
}

/** What plans are made with: packages, the sandbox, and the streams of everything that is stored. */
export const planDependencies = Effect.gen(function* () {
  const packages = yield* Packages
  const sandbox = yield* SandboxPool
  const given = yield* GivenStreams
  const catalogue = catalogueOf(yield* newestPlans)
  return {
    resolvePackage: packages.resolve,
    readManifest: sandbox.manifest,
    derive: sandbox.derive,
    topic: (topic) => Effect.succeed(given.get(topic) ?? catalogue.topic(topic)),
    streams: Effect.succeed([...given.keys(), ...catalogue.streams].toSorted())
  } satisfies PlanDependencies
})

/** Of all that is stored: what the worker has in its hands is decoded already, and with a thousand pipelines that is most of a plan's time. */
export const newestPlans = Effect.gen(function* () {
  const store = yield* PipelineStore
  const running = yield* RunningPipelines
  const held = new Map((yield* running.all).map((run) => [run.stored.pipeline, run]))
  const newest = yield* store.newest.pipe(Effect.mapError(storeFailed))
  const plans = yield* Effect.forEach(newest, ({ pipeline, revision }) => {
    const run = held.get(pipeline)
    return run?.stored.revision === revision ? Effect.succeed(run.plan) : planInStore(pipeline)
  })
  return plans.filter((plan) => plan !== undefined)
})

/** Undefined for one that was deleted meanwhile. */
const planInStore = Effect.fnUntraced(function* (pipeline: string) {
  const store = yield* PipelineStore
  const stored = yield* store.get(pipeline).pipe(Effect.mapError(storeFailed))
  return stored === undefined ? undefined : yield* readStoredPlan(stored)
})
