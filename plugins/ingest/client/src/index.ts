export { type ClosedClient, createClient, type IngestClient } from "./client.ts"
export { ContractError } from "./contract/contract-error.ts"
export type { ClientOptions, Draft, LostEvent } from "./options.ts"
export { BufferFullError, ClosedError } from "./errors.ts"
