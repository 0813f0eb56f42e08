import type { ApiError } from "@millrace/sdk/api"
import type { StoreError } from "../../store/store-error.ts"
import { type ConfluentError, refusals } from "./confluent-error.ts"

/** The problem, and how to mend it. */
const inFull = ({ message, remedy }: ApiError): string => {
  const sentence = message.endsWith(".") ? message : `${message}.`
  return remedy === undefined ? sentence : `${sentence} ${remedy}`
}

/** What the registry refuses, as Confluent's API says it. */
export const fromApiError = (error: ApiError): ConfluentError => {
  const problem = inFull(error)
  switch (error.code) {
    case "SCHEMA_INVALID":
    case "SCHEMA_REFERENCE_UNKNOWN":
    case "SUBJECT_VERSION_NOT_NEXT":
      return refusals.invalidSchema(
        `Invalid schema${error.path === undefined ? "" : ` (at ${error.path})`}: ${problem}`
      )
    case "SUBJECT_READ_ONLY":
    case "SUBJECT_IMPORTING":
    case "SUBJECT_NOT_IMPORTING":
    case "SCHEMA_ID_TAKEN":
    case "SUBJECT_VERSION_TAKEN":
      return refusals.notPermitted(problem)
    case "SCHEMA_ID_MISMATCH":
      return refusals.idMismatch(problem)
    case "REQUEST_TOO_LARGE":
      return refusals.tooLarge(problem)
    default:
      return fromStatus(error.status, problem)
  }
}

const fromStatus = (status: number, problem: string): ConfluentError => {
  if (status === 401) return refusals.unauthenticated(problem)
  if (status === 403) return refusals.forbidden(problem)
  return status >= 500 ? refusals.store(problem) : refusals.badRequest(problem)
}

/** A failure of the store: never its cause, which may name paths. */
export const fromStoreError = ({ reason, remedy }: StoreError): ConfluentError =>
  reason === "standby"
    ? refusals.notLeader(`Another platform leads, and alone may write. ${remedy}`)
    : refusals.store(`The store failed (${reason}). ${remedy}`)
