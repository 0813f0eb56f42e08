import { type ApiError, apiError } from "@millrace/sdk/api"
import type { StoreError } from "./store.ts"

/** A failure of the pipelines' store as the API answers it. */
export const storeFailed = (error: StoreError): ApiError =>
  error.reason === "full" ? apiError("STORE_FULL", {}) : apiError("STORE_FAILED", { reason: error.message })
