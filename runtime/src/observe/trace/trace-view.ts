import type { TraceOutcome, TraceSummary, TraceView } from "@millrace/sdk/api"
import type { TraceLog, TraceSpan } from "../../worker/trace/trace-log.ts"

/** Which traces, and in which order; at most `limit`. */
export interface TraceQuery {
  /** Only those that it had a part in. */
  readonly pipeline?: string | undefined
  readonly outcome?: TraceOutcome | undefined
  /** Default: the newest first. */
  readonly order?: "newest" | "slowest" | undefined
  readonly limit: number
}

/** Traces for people. */
export const listTraces = (
  log: TraceLog,
  { limit, order, outcome, pipeline }: TraceQuery
): readonly TraceSummary[] => {
  const found = log
    .ids(pipeline)
    .map((traceId) => summaryOf(traceId, log.spans(traceId)))
    .filter((each) => outcome === undefined || each.outcome === outcome)
  const ordered = order === "slowest" ? found.toSorted((a, b) => b.durationMs - a.durationMs) : found
  return ordered.slice(0, limit)
}

/** Undefined for a trace that is not known, or not any more. */
export const traceView = (log: TraceLog, traceId: string): TraceView | undefined => {
  const spans = log.spans(traceId)
  if (spans.length === 0) return undefined
  return { ...summaryOf(traceId, spans), all: spans.map(viewOf) }
}

const summaryOf = (traceId: string, spans: readonly TraceSpan[]): TraceSummary => {
  const beganAt = Math.min(...spans.map((span) => span.beganAt))
  const endedAt = Math.max(...spans.map((span) => span.endedAt))
  return {
    traceId,
    beganAt,
    durationMs: endedAt - beganAt,
    pipelines: [...new Set(spans.map(({ pipeline }) => pipeline))],
    spans: spans.length,
    outcome: outcomeOf(spans)
  }
}

const outcomeOf = (spans: readonly TraceSpan[]): TraceSummary["outcome"] => {
  if (spans.some(({ outcome }) => outcome === "failed")) return "failed"
  return spans.at(-1)?.outcome === "filtered" ? "filtered" : "handled"
}

const viewOf = ({ parentId, traceId: _, ...span }: TraceSpan): TraceView["all"][number] => ({
  ...span,
  ...(parentId === undefined ? {} : { parentId })
})
