export { AuditLog, type AuditEvent } from "./audit/audit-log.ts"
export { type AccessRequest, authenticate, type Authenticator, type Caller } from "./auth/authenticate.ts"
export { TokenEntropy, Tokens } from "./auth/tokens.ts"
export { type ConfluentOptions, defaultConfluentPrefix, mountConfluent } from "./confluent/mount-confluent.ts"
export { type Api, type ApiOptions, makeApi } from "./http/api.ts"
export { bearer } from "./http/bearer.ts"
export { isLocalRequest } from "./http/peer.ts"
export { errorReply, fromStoreError } from "./http/error-reply.ts"
export type { HandlerRuntime, MountOptions } from "./http/handler.ts"
export {
  type HandlerReply,
  type HandlerRequest,
  type Handlers,
  mountEndpoints
} from "./http/mount-boundary.ts"
export { registryHandlers, type RegistryServices } from "./http/registry-handlers.ts"
export { type Archive, openArchive } from "./package/archive.ts"
export { ManifestReader, ManifestReadError } from "./package/manifest-reader.ts"
export { Packages } from "./package/packages.ts"
export { Publisher, type PublishRequest } from "./package/publisher.ts"
export { type GrantRequest, Grants } from "./pipeline/grants.ts"
export { type NewRevision, Pipelines, type StoredPlan } from "./pipeline/pipelines.ts"
export { registryLayer, type RegistryOptions } from "./registry-layer.ts"
export type { KeySource } from "./secret/key-file.ts"
export { Secrets } from "./secret/secrets.ts"
export { BlobError, BlobStore } from "./store/blob-store.ts"
export { Failpoint, type FailpointName, failpoints } from "./store/failpoint.ts"
export { StoreError } from "./store/store-error.ts"
export { type NewSchema, Subjects } from "./subject/subjects.ts"
