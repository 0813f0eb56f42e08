import * as Schema from "effect/Schema"
import { MissingSecret } from "./missing-secret.ts"

/** A plugin by path, bundled by the client; its manifest is read in the sandbox, like any other's. */
export const PathModule = Schema.Struct({
  bundle: Schema.String,
  sourceMap: Schema.optionalKey(Schema.String)
})

/** On which partitions of the chains that change a new revision is to be tried: a share of them, or these. */
export const CanaryWish = Schema.Union([
  Schema.Struct({ percent: Schema.Number.check(Schema.isBetween({ minimum: 1, maximum: 99 })) }),
  Schema.Struct({
    partitions: Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 })))
  })
])
export type CanaryWish = typeof CanaryWish.Type

export const PlanRequest = Schema.Struct({
  /** Text of the pipeline file. */
  text: Schema.String,
  /** Absolute folder that relative paths in it are meant from. */
  base: Schema.String,
  /** Name of the file, for messages. */
  file: Schema.String,
  /** Values for `${NAME}`. */
  vars: Schema.Record(Schema.String, Schema.String),
  /** By the path written in the pipeline. */
  modules: Schema.Record(Schema.String, PathModule),
  /** Resolve ranges anew instead of keeping the lock's versions. */
  upgrade: Schema.Boolean,
  /** Let state begin empty that cannot be kept; without it such a plan is refused. */
  discardState: Schema.optionalKey(Schema.Boolean),
  /** Begin as this savepoint says, `PIPELINE/NAME`, instead of going on. */
  from: Schema.optionalKey(Schema.String),
  /** Try it on some partitions, beside the revision that runs. */
  canary: Schema.optionalKey(CanaryWish)
})
export type PlanRequest = typeof PlanRequest.Type

export const PermissionView = Schema.Struct({
  node: Schema.String,
  handle: Schema.String,
  /** Who asks: `name@version` or a path. */
  package: Schema.String,
  /** In plain words: `read files below /data/movies.json`. */
  permission: Schema.String,
  granted: Schema.Boolean
})

export const PlanView = Schema.Struct({
  pipeline: Schema.String,
  hash: Schema.String,
  wouldChange: Schema.Boolean,
  /** A line per change, as `plan` prints it: `+`, `-`, `~` and spaces. */
  changes: Schema.Array(
    Schema.Struct({ action: Schema.Literals(["add", "remove", "change", "note"]), text: Schema.String })
  ),
  permissions: Schema.Array(PermissionView),
  missingSecrets: Schema.Array(MissingSecret),
  /** Topics, chains and segments, and why each is there. */
  explanation: Schema.Array(Schema.String),
  /** Output field -> input fields, per node. */
  lineage: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Array(Schema.String))),
  /** The pipeline has ended and will run again from the start of its sources. */
  rerun: Schema.Boolean
})
export type PlanView = typeof PlanView.Type

/** A fault of a pipeline, at its place. */
export const PlanProblem = Schema.Struct({
  code: Schema.String,
  message: Schema.String,
  /** As in `nodes.rated.with.where`. */
  path: Schema.String,
  /** From 1, in the pipeline file; absent when the fault has no one place. */
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.Int),
  remedy: Schema.String
})
export type PlanProblem = typeof PlanProblem.Type

/** What `plan` answers: the plan, or all that stands in its way. */
export const PlanAnswer = Schema.Union([
  Schema.Struct({ plan: PlanView }),
  Schema.Struct({ problems: Schema.Array(PlanProblem) })
])
export type PlanAnswer = typeof PlanAnswer.Type

export const ApplyRequest = Schema.Struct({
  ...PlanRequest.fields,
  /** The hash that `plan` showed; another plan is refused. */
  hash: Schema.String,
  /** Grant what the plan asks for and has not got. */
  grant: Schema.Boolean
})
export type ApplyRequest = typeof ApplyRequest.Type

export const ApplyView = Schema.Struct({
  pipeline: Schema.String,
  revision: Schema.Int,
  hash: Schema.String,
  changed: Schema.Boolean
})
export type ApplyView = typeof ApplyView.Type
