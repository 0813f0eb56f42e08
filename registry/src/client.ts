export type { CallOptions } from "./client/call.ts"
export { ClientError } from "./client/client-error.ts"
export {
  type Client,
  type ClientReply,
  type ClientRequest,
  makeClient
} from "./client/make-client-boundary.ts"
export { integrityOf } from "./integrity.ts"
