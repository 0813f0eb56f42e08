import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ChainPlan } from "./physical.ts"
import type { Plan } from "./plan.ts"
import { withSharedBundle } from "./shared-bundle.ts"
import { type StoredChain, StoredPlan } from "./stored-plan.ts"

/** The stored plan is not one: it is damaged, or another version wrote it. */
export class PlanUnreadable extends Schema.TaggedError<PlanUnreadable>()("PlanUnreadable", {
  message: Schema.String
}) {}

const StoredText = Schema.fromJsonString(StoredPlan)

/** A plan as JSON text, for the store: hashes in hex, each bundle once. */
export const planToJson = (plan: Plan): string => {
  const bundles: { [digest: string]: string } = {}
  for (const chain of plan.physical.chains) {
    for (const { spec } of chain.segments.flatMap((segment) => segment.nodes))
      bundles[spec.digest] = spec.bundle
  }
  const chains = plan.physical.chains.map(withoutBundles)
  return Schema.encodeSync(StoredText)({
    version: 1,
    ...plan,
    physical: { ...plan.physical, chains },
    bundles
  })
}

const withoutBundles = (chain: ChainPlan): StoredChain => ({
  ...chain,
  segments: chain.segments.map((segment) => ({
    ...segment,
    nodes: segment.nodes.map(({ spec: { bundle: _, ...spec }, ...node }) => ({ ...node, spec }))
  }))
})

/** Reads what {@link planToJson} wrote. */
export const planFromJson = Effect.fnUntraced(function* (
  text: string
): Effect.fn.Return<Plan, PlanUnreadable> {
  const stored = yield* Schema.decodeUnknownEffect(StoredText)(text).pipe(
    Effect.mapError((error) => new PlanUnreadable({ message: error.message }))
  )
  const { bundles, version: _, ...plan } = stored
  const chains: ChainPlan[] = []
  for (const chain of plan.physical.chains) chains.push(yield* withBundles(chain, bundles))
  return { ...plan, physical: { ...plan.physical, chains } }
})

const withBundles = Effect.fnUntraced(function* (
  chain: StoredChain,
  bundles: { readonly [digest: string]: string }
): Effect.fn.Return<ChainPlan, PlanUnreadable> {
  const missing = chain.segments
    .flatMap((segment) => segment.nodes)
    .find(({ spec }) => !Object.hasOwn(bundles, spec.digest))
  if (missing !== undefined) {
    return yield* new PlanUnreadable({ message: `The bundle ${missing.spec.digest} is missing` })
  }
  return {
    ...chain,
    segments: chain.segments.map((segment) => ({
      ...segment,
      nodes: segment.nodes.map(({ spec, ...node }) => ({
        ...node,
        spec: withSharedBundle(spec, bundles[spec.digest]!)
      }))
    }))
  }
})
