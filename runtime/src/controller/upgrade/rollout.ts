import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** Why there is a revision, where nobody applied a file: kept with its plan, and not part of its hash. */
export const Rollout = Schema.Union([
  /** Somebody took an earlier revision again. */
  Schema.Struct({ does: Schema.Literal("rollback"), to: Schema.Int }),
  /** The platform took the revision before again, for the one after it could not run. */
  Schema.Struct({ does: Schema.Literal("return"), to: Schema.Int, because: Schema.String }),
  /** Its changed nodes run on some partitions; on all others those of the revision that it is tried beside. */
  Schema.Struct({
    does: Schema.Literal("canary"),
    beside: Schema.Int,
    /** By the head of each chain that differs. */
    partitions: Schema.Record(Schema.String, Schema.Array(Schema.Int))
  }),
  /** A canary was taken everywhere. */
  Schema.Struct({ does: Schema.Literal("promote"), canary: Schema.Int })
])
export type Rollout = typeof Rollout.Type
export type Canary = Extract<Rollout, { readonly does: "canary" }>

const Kept = Schema.fromJsonString(Schema.Struct({ rollout: Schema.optionalKey(Rollout) }))
const readKept = Schema.decodeUnknownOption(Kept)
const rolloutText = Schema.encodeSync(Schema.fromJsonString(Rollout))

/** A plan's JSON with why it is there, as {@link readRollout} finds it. */
export const withRollout = (planJson: string, rollout: Rollout | undefined): string =>
  rollout === undefined ? planJson : `{"rollout":${rolloutText(rollout)},${planJson.slice(1)}`

/** Why a stored revision is there; undefined: somebody applied a file. */
export const readRollout = (planJson: string): Effect.Effect<Rollout | undefined> =>
  Effect.sync(() => Option.getOrUndefined(readKept(planJson))?.rollout)

/** The canary that a stored revision is, if it is one. */
export const readCanary = (planJson: string): Effect.Effect<Canary | undefined> =>
  Effect.map(readRollout(planJson), (rollout) => (rollout?.does === "canary" ? rollout : undefined))
