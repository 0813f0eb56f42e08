import { dirname, relative } from "node:path"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { makePlan, PackageUnavailable, type PhysicalPlan, type PlanDependencies } from "../../plan/index.ts"
import { catalogueTopic } from "../dev/input/dev-inputs.ts"
import { devPipeline } from "../dev/load/dev-pipeline.ts"
import { planProblems } from "../dev/load/problem.ts"
import { loadErrors, type Subject } from "./subject.ts"

/**
 * The plan of a pipeline of the plugin alone, as a platform would make it: schemas resolved, codecs generated. Of permissions it
 * has those that reach nothing outside (clock, random): everything else is refused, record by record.
 */
export const benchPlan = Effect.fn("benchPlan")(function* ({
  bundle,
  config,
  entry,
  inputs,
  manifest
}: Subject) {
  const pool = yield* SandboxPool
  const folder = dirname(entry.module)
  const path = `./${relative(folder, entry.module)}`
  const streams = (isTable: boolean) =>
    Object.fromEntries(
      inputs.filter((input) => input.isTable === isTable).map(({ name, stream }) => [name, stream])
    )
  const pipeline = devPipeline({ manifest, path, config, inputs: streams(false), tables: streams(true) })
  const topics = new Map(inputs.map((input) => [input.stream, catalogueTopic(input)]))
  const dependencies: PlanDependencies = {
    resolvePackage: ({ name }) =>
      Effect.fail(new PackageUnavailable({ reason: "unknownPackage", message: name, candidates: [] })),
    readManifest: pool.manifest,
    derive: pool.derive,
    topic: (name) => Effect.succeed(topics.get(name)),
    streams: Effect.succeed([...topics.keys()])
  }
  const plan = yield* makePlan(
    {
      text: pipeline.text,
      vars: {},
      baseFolder: folder,
      modules: { [path]: { bundle: bundle.code } },
      lock: undefined,
      upgrade: false,
      grants: []
    },
    dependencies
  ).pipe(Effect.mapError(({ problems }) => loadErrors(planProblems(problems))))
  return withoutWorld(plan.physical)
})

const harmless: ReadonlySet<string> = new Set(["clock", "random"])

const withoutWorld = (plan: PhysicalPlan): PhysicalPlan => ({
  ...plan,
  chains: plan.chains.map((chain) => ({
    ...chain,
    segments: chain.segments.map((segment) => ({
      ...segment,
      nodes: segment.nodes.map((node) => ({
        ...node,
        permissions: node.permissions.filter(({ permission }) => harmless.has(permission.kind))
      }))
    }))
  }))
})
