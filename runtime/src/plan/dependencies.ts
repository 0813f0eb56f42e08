import type { PackageManifest } from "@millrace/sdk/manifest"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** What the planner asks of its surroundings. */
export interface PlanDependencies {
  /**
   * The highest version in a range, or the one that is locked (then with its integrity checked), with its bundle.
   * Called once per distinct package and range.
   */
  readonly resolvePackage: (wanted: WantedPackage) => Effect.Effect<ResolvedPackage, PackageUnavailable>
  /** Evaluates a bundle in the sandbox and answers its plugins' manifests as JSON text. */
  readonly readManifest: (bundle: string) => Effect.Effect<string, SandboxFailure>
  /** Evaluates a derived contract in the sandbox; `DeriveRequest` and `DeriveReply` of the guest ABI as JSON text. */
  readonly derive: (
    bundle: string,
    plugin: string,
    requestJson: string
  ) => Effect.Effect<string, SandboxFailure>
  /** A topic of any applied pipeline, this one's included. */
  readonly topic: (name: string) => Effect.Effect<CatalogueTopic | undefined>
  /** Names of the streams that there are, for suggestions. */
  readonly streams: Effect.Effect<readonly string[]>
}

export interface WantedPackage {
  readonly name: string
  readonly range: string
  readonly locked: { readonly version: string; readonly integrity: string } | undefined
}

export interface ResolvedPackage {
  readonly version: string
  /** Why its publisher would have nobody use it: it was deprecated, or yanked, and a lock holds it still. */
  readonly warning?: string
  /** SRI of the archive. */
  readonly integrity: string
  readonly manifest: PackageManifest
  readonly bundle: string
}

/** What a failed call of the sandbox tells; `SegmentError` is one. */
export interface SandboxFailure {
  readonly code: string
  readonly message: string
}

/** There is no such package or version, or it could not be fetched. */
export class PackageUnavailable extends Schema.TaggedError<PackageUnavailable>()("PackageUnavailable", {
  reason: Schema.Literals(["unknownPackage", "unknownVersion", "lockMismatch", "failed"]),
  message: Schema.String,
  /** Names, or versions, to choose from. */
  candidates: Schema.Array(Schema.String)
}) {}

/** A topic as the catalogue of all pipelines knows it. */
export interface CatalogueTopic {
  readonly name: string
  readonly pipeline: string
  /** Made between chains; nobody else may read it. */
  readonly internal: boolean
  readonly partitions: number
  /** Avro schema text; undefined for the dead letters of a pipeline. */
  readonly schema: string | undefined
  readonly key: readonly string[]
  readonly bounded: boolean
  /** Chains that write it, `PIPELINE/HEAD`. */
  readonly producers: readonly string[]
}
