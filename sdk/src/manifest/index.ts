export {
  allowedBump,
  Bump,
  isEnough,
  nextVersion,
  PackageChange,
  packageChanges,
  requiredBump
} from "./change/index.ts"
export { withConfigOutputs } from "./config-outputs.ts"
export { decodeDeriveReply, type DeriveReply } from "./derive-reply.ts"
export { durationMs, durationPattern } from "./duration-text.ts"
export {
  ClosedContract,
  DerivedForm,
  isBoundedSource,
  nodeKind,
  OpenInput,
  OpenOutput,
  PackageManifest,
  PluginManifest,
  StateManifest
} from "./manifest.ts"
export type {
  DerivedContract,
  DeriveRequest,
  NodeProblem,
  NodeProblemCode,
  NodeRequest,
  NodeStream,
  Resolved,
  ResolvedInput,
  ResolvedNode,
  ResolvedOutput,
  ResolvedState,
  ResolvedTable
} from "./node-resolution.ts"
export { deriveRequest, needsDerive, resolveNode } from "./resolve-node.ts"
export { escapePart, expandPointer, valueAt } from "./json-pointer.ts"
export { migratedField, migrationInput } from "./migration-input.ts"
