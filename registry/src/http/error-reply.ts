import { type ApiError, apiError, toErrorBody } from "@millrace/sdk/api"
import type { StoreError } from "../store/store-error.ts"

const headersOf = ({ details, status }: ApiError): { readonly [name: string]: string } => {
  const wait = details?.["retryAfterSeconds"]
  return {
    "content-type": "application/json",
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(typeof wait === "number" ? { "retry-after": wait.toFixed() } : {})
  }
}

/** The reply that carries an error. */
export const errorReply = (error: ApiError): Response =>
  new Response(JSON.stringify(toErrorBody(error)), { status: error.status, headers: headersOf(error) })

/** What a client is told of a failure of the store: never the cause, which may name paths. */
export const fromStoreError = (error: StoreError): ApiError => {
  if (error.reason === "standby") return notLeader(error.leader)
  return error.reason === "full"
    ? apiError("STORE_FULL", {})
    : apiError("STORE_FAILED", { reason: error.reason })
}

/** What is told of a platform that stands by, with the address of the one that leads where it is known. */
export const notLeader = (leader: string | undefined): ApiError =>
  apiError("NOT_LEADER", { leader: leader ?? "not known yet" })
