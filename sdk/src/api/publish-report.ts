import * as Schema from "effect/Schema"
import { Bump, PackageChange } from "../manifest/change/index.ts"
import { Integrity, PackageName, Version } from "./package-name.ts"
import { DesiredState } from "./pipeline.ts"

/** What a version would mean for a node that uses the package. */
export const AffectedNode = Schema.Struct({
  node: Schema.String,
  /** As the pipeline file says it. */
  range: Schema.String,
  /** The version that it runs; null: unknown. What changes is told against it. */
  from: Schema.NullOr(Schema.String),
  /**
   * `stays`: its range does not take the version · `keeps`: it would go on as it is · `asks`: it would want permissions that
   * nobody granted · `breaks`: something that it relies on is changed. A lock holds each of them until it is planned anew with --upgrade.
   */
  effect: Schema.Literals(["stays", "keeps", "asks", "breaks"]),
  /** The changes that make it so, in one line each. */
  why: Schema.Array(Schema.String)
})
export type AffectedNode = typeof AffectedNode.Type

export const AffectedPipeline = Schema.Struct({
  pipeline: Schema.String,
  owner: Schema.NullOr(Schema.String),
  desired: DesiredState,
  nodes: Schema.Array(AffectedNode)
})
export type AffectedPipeline = typeof AffectedPipeline.Type

/** What publishing an archive would do, from all the checks that a publish makes. */
export const PublishReport = Schema.Struct({
  name: PackageName,
  version: Version,
  /** The highest version before it; null: the package is new. */
  previous: Schema.NullOr(Version),
  changes: Schema.Array(PackageChange),
  /** The least that the version must be raised for these changes. */
  required: Bump,
  /** The smallest version that these changes allow. */
  smallest: Version,
  isAllowed: Schema.Boolean,
  /** The version is published with other content: the changes are told against it, and it needs another number. */
  isTaken: Schema.Boolean,
  integrity: Integrity,
  sizeBytes: Schema.Int,
  /** Pipelines that use the package, deleted ones left out. */
  pipelines: Schema.Array(AffectedPipeline)
})
export type PublishReport = typeof PublishReport.Type
