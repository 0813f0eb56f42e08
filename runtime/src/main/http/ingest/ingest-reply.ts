import { apiError, toErrorBody } from "@millrace/sdk/api"
import type { Checked } from "../../../worker/inbox/event-check.ts"

/** What became of one event of a request, in the order of the body. */
export type EventResult =
  | { readonly status: "accepted" | "duplicate"; readonly id: string }
  | {
      readonly status: "rejected"
      readonly code: string
      /** JSON pointer into the event. */
      readonly pointer: string
      readonly message: string
    }

export interface IngestCounts {
  readonly accepted: number
  readonly duplicates: number
  readonly rejected: number
}

/** What became of the events: `isNew` speaks of those that fit, in their order. */
export const resultsOf = (checked: readonly Checked[], isNew: readonly boolean[]): readonly EventResult[] => {
  let index = 0
  return checked.map((one): EventResult => {
    if ("rejection" in one) return { status: "rejected", ...one.rejection }
    return { status: isNew[index++] === true ? "accepted" : "duplicate", id: one.entry.id }
  })
}

export const countsOf = (results: readonly EventResult[]): IngestCounts => {
  const count = (status: EventResult["status"]) => results.filter((one) => one.status === status).length
  return { accepted: count("accepted"), duplicates: count("duplicate"), rejected: count("rejected") }
}

/** 202 when what fits is durable; 422 when nothing fits. Either says what became of each event. */
export const ingestReply = (results: readonly EventResult[]): Response => {
  const counts = countsOf(results)
  const first = results.find((one) => one.status === "rejected")
  if (counts.rejected < results.length || first === undefined)
    return Response.json({ ...counts, results }, { status: 202 })
  const why = `${first.code} at ${JSON.stringify(first.pointer)}: ${first.message}`
  const error = apiError("EVENTS_REJECTED", { count: results.length, first: why })
  return Response.json({ ...toErrorBody(error), ...counts, results }, { status: error.status })
}
