import { relative } from "node:path"
import { type ApiError, type PlanRequest, type PlanView } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Controller } from "../../../controller/controller.ts"
import { RunningPipelines } from "../../../controller/running-pipelines.ts"
import { PipelineStore } from "../../../controller/store.ts"
import type { Config } from "../config.ts"
import type { DevInput } from "../input/dev-inputs.ts"
import { type DevPipeline, devPipeline } from "./dev-pipeline.ts"
import { type LoadFailed, loadFailed, planProblems } from "./problem.ts"
import type { ReadPlugin } from "./read-plugin.ts"

export interface SwapOptions {
  readonly plugin: ReadPlugin
  readonly module: string
  /** Absolute folder that paths in the config are meant from. */
  readonly base: string
  readonly config: Config
  readonly inputs: readonly DevInput[]
  /** Asked for the permissions that are new. */
  readonly consent: (missing: PlanView["permissions"]) => Effect.Effect<boolean, LoadFailed>
  /** Called when the plan stands, before the version that runs is stopped. */
  readonly beforeSwap: Effect.Effect<void>
}

export interface Swapped {
  readonly pipeline: DevPipeline
  readonly revision: number
  readonly changed: boolean
  readonly took: { readonly plan: number; readonly swap: number }
}

/**
 * Plans the version and has the controller apply it: what runs ends its batch, and the new one goes on with the same offsets and
 * state. A plan that does not stand, or a permission that is not granted, leaves what runs alone.
 */
export const swapVersion = Effect.fn("swapVersion")(function* (options: SwapOptions) {
  const controller = yield* Controller
  const { base, config, inputs, plugin } = options
  const path = `./${relative(base, options.module)}`.replace(/^\.\/(?=\.\.?\/)/, "")
  const pipeline = devPipeline({
    manifest: plugin.manifest,
    path,
    config,
    inputs: streamsOf(inputs.filter(({ isTable }) => !isTable)),
    tables: streamsOf(inputs.filter(({ isTable }) => isTable))
  })
  const request: PlanRequest = {
    text: pipeline.text,
    base,
    file: path,
    vars: {},
    modules: { [path]: { bundle: plugin.bundle.code } },
    upgrade: false,
    // What an author tries out keeps no promise to yesterday's state; the plan says what is lost.
    discardState: true
  }
  const started = yield* Clock.currentTimeMillis
  const answer = yield* Effect.mapError(controller.plan(request), apiProblem)
  if ("problems" in answer) return yield* planProblems(answer.problems)
  const { hash, permissions } = answer.plan
  const planned = yield* Clock.currentTimeMillis
  const missing = permissions.filter((each) => !each.granted)
  const grant = missing.length > 0 && (yield* options.consent(missing))
  yield* options.beforeSwap
  const asked = yield* Clock.currentTimeMillis
  const applied = yield* Effect.mapError(
    controller.apply({ ...request, hash, grant }, "dev", { untried: true }),
    apiProblem
  )
  if (!applied.changed) yield* start(pipeline.name)
  const swapped = yield* Clock.currentTimeMillis
  const done: Swapped = {
    pipeline,
    revision: applied.revision,
    changed: applied.changed,
    took: { plan: planned - started, swap: swapped - asked }
  }
  return done
})

/** What was stored on another day runs on. */
const start = Effect.fnUntraced(function* (name: string) {
  const store = yield* PipelineStore
  const running = yield* RunningPipelines
  const stored = yield* Effect.orDie(store.get(name))
  if (stored !== undefined) yield* Effect.mapError(running.carryOut(stored), apiProblem)
})

const streamsOf = (inputs: readonly DevInput[]): { readonly [name: string]: string } =>
  Object.fromEntries(inputs.map(({ name, stream }) => [name, stream]))

export const apiProblem = (error: ApiError): LoadFailed =>
  loadFailed("plan", [
    { code: error.code, message: error.message, frame: [], remedy: error.remedy ?? "see the platform's log" }
  ])
