export { SandboxPool } from "./sandbox-pool.ts"
export { emptyCounts } from "./node-counts.ts"
export { Pace } from "./driver/pace.ts"
export { type MigrationFailure, openMigration } from "./driver/run-migration.ts"
export { guardNames } from "./pool/guards.ts"
export type { GuardName } from "./pool/guards.ts"
export { mapsMemory } from "./pool/native-module.ts"
export type { SandboxPoolOptions } from "./pool/pool-options.ts"
export { joinBundle } from "./protocol/bundle-parts.ts"
export type { BundlePlace } from "./protocol/bundle-place.ts"
export type { SegmentErrorCode } from "./segment-error.ts"
export type {
  DeadLetter,
  GuestLog,
  HostReply,
  HostRequest,
  HostRequestError,
  InputFrame,
  NodeCounts,
  NodeSpec,
  OutputSpec,
  PassSpec
} from "./segment.ts"
export type {
  SandboxLimits,
  SandboxPoolShape,
  SandboxProcess,
  Segment,
  SegmentCall,
  SegmentError,
  SegmentHost
} from "./segment.ts"
export type { SegmentResult, SegmentSpec, SinkInfo, StateSpec, TableInput, TableSpec } from "./segment.ts"
