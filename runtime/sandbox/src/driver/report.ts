import type { StageReport } from "../protocol/messages.ts"
import { type BundlePlace, placesIn } from "../protocol/bundle-place.ts"
import { isCount, isPlainObject, ownOf, parseBoundedJson } from "../protocol/safe-json.ts"

/** What a node's harness reported, checked. */
export interface NodeReport {
  readonly recordsIn: number
  readonly recordsOut: number
  readonly handled: number
  readonly filtered: number
  readonly failed: number
  readonly late: number
  readonly frames: readonly {
    readonly role: string
    readonly name: string
    readonly section: number
    readonly bytes: number
  }[]
  readonly letters: readonly Letter[]
  readonly logs: readonly {
    readonly level: "debug" | "info" | "warn" | "error"
    readonly message: string
    readonly fields: string
  }[]
  readonly metrics: readonly {
    readonly handle: string
    readonly kind: "counter" | "histogram"
    readonly labels: string
    readonly value: number
  }[]
  readonly traces: readonly ReportedTrace[]
  readonly source:
    | {
        readonly positionJson: string
        readonly next: "more" | "idle" | "end"
        readonly waitMs: number
        readonly newest?: number
      }
    | undefined
  readonly tokenJson: string | undefined
  readonly partitions: readonly string[] | undefined
}
export interface ReportedTrace {
  readonly traceparent: string
  readonly outcome: "handled" | "filtered" | "failed"
  readonly out: number
}
export interface Letter {
  readonly feed: number
  readonly origin: number
  readonly code: string
  readonly tag: string | undefined
  readonly message: string
  readonly raw: string | undefined
  readonly at: readonly BundlePlace[]
}

/** What ended a call. */
export interface ReportedFailure {
  readonly code: "PLUGIN_FAILED" | "RECORD_INVALID" | "DEADLINE_EXCEEDED" | "OUTPUT_TOO_LARGE"
  readonly tag: string | undefined
  readonly message: string
  readonly origin: number
  readonly isTransient: boolean
  readonly at: readonly BundlePlace[]
}

type Fields = { readonly [name: string]: unknown }

/** Undefined when it is not a report: the guest or the process is then broken. */
export function decodeReport(stage: StageReport): NodeReport | undefined {
  const value = stage.report
  if (!isPlainObject(value)) return undefined
  const counts = ["recordsIn", "recordsOut", "handled", "filtered", "failed", "late"].map((name) =>
    ownOf(value, name)
  )
  const frames = decodeFrames(ownOf(value, "frames"), stage.frames)
  const letters = decodeList(ownOf(value, "letters"), decodeLetter)
  const logs = decodeList(ownOf(value, "logs"), decodeLog)
  const metrics = decodeList(ownOf(value, "metrics"), decodeMetric)
  const traces = decodeList(ownOf(value, "traces"), decodeTrace)
  if (
    !counts.every(isCount) ||
    frames === undefined ||
    letters === undefined ||
    logs === undefined ||
    metrics === undefined ||
    traces === undefined
  )
    return undefined
  const [recordsIn = 0, recordsOut = 0, handled = 0, filtered = 0, failed = 0, late = 0] = counts
  const token = ownOf(value, "tokenJson")
  const partitions = decodeList(ownOf(value, "partitions") ?? [], (name) =>
    typeof name === "string" ? name : undefined
  )
  return {
    recordsIn,
    recordsOut,
    handled,
    filtered,
    failed,
    late,
    frames,
    letters,
    logs,
    metrics,
    traces,
    source: decodeSource(ownOf(value, "source")),
    tokenJson: typeof token === "string" ? token : undefined,
    partitions
  }
}

function decodeList<A>(value: unknown, decode: (one: unknown) => A | undefined): readonly A[] | undefined {
  if (!Array.isArray(value)) return undefined
  const list: A[] = []
  for (const one of value) {
    const decoded = decode(one)
    if (decoded === undefined) return undefined
    list.push(decoded)
  }
  return list
}

function decodeFrames(value: unknown, sections: readonly number[]): NodeReport["frames"] | undefined {
  if (!Array.isArray(value) || value.length !== sections.length) return undefined
  let place = 0
  return decodeList(value, (one) => {
    const section = sections[place++]
    const role = isPlainObject(one) ? ownOf(one, "role") : undefined
    const name = isPlainObject(one) ? ownOf(one, "name") : undefined
    const bytes = isPlainObject(one) ? ownOf(one, "bytes") : undefined
    return typeof role === "string" && typeof name === "string" && isCount(bytes)
      ? { role, name, section, bytes }
      : undefined
  })
}

function decodeLetter(one: unknown): Letter | undefined {
  if (!isPlainObject(one)) return undefined
  const feed = ownOf(one, "feed")
  const origin = ownOf(one, "origin")
  const code = ownOf(one, "code")
  const message = ownOf(one, "message")
  const tag = ownOf(one, "tag")
  const raw = ownOf(one, "raw")
  if (
    !(feed === -1 || isCount(feed)) ||
    !isCount(origin) ||
    !isFailureCode(code) ||
    typeof message !== "string"
  )
    return undefined
  return {
    feed,
    origin,
    code,
    message,
    tag: textOr(tag),
    raw: textOr(raw),
    at: placesIn(ownOf(one, "stack"))
  }
}

function textOr(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined
}

function isFailureCode(code: unknown): code is ReportedFailure["code"] {
  return (
    code === "PLUGIN_FAILED" ||
    code === "RECORD_INVALID" ||
    code === "DEADLINE_EXCEEDED" ||
    code === "OUTPUT_TOO_LARGE"
  )
}

function decodeLog(one: unknown): NodeReport["logs"][number] | undefined {
  if (!isPlainObject(one)) return undefined
  const level = ownOf(one, "level")
  const message = ownOf(one, "message")
  const fields = ownOf(one, "fields")
  if (level !== "debug" && level !== "info" && level !== "warn" && level !== "error") return undefined
  return typeof message === "string" && typeof fields === "string" ? { level, message, fields } : undefined
}

function decodeMetric(one: unknown): NodeReport["metrics"][number] | undefined {
  if (!isPlainObject(one)) return undefined
  const handle = ownOf(one, "handle")
  const kind = ownOf(one, "kind")
  const labels = ownOf(one, "labels")
  const value = ownOf(one, "value")
  if (kind !== "counter" && kind !== "histogram") return undefined
  return typeof handle === "string" &&
    typeof labels === "string" &&
    typeof value === "number" &&
    Number.isFinite(value)
    ? { handle, kind, labels, value }
    : undefined
}

/** Version 00 of https://www.w3.org/TR/trace-context/. */
const traceparentForm = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** What is no traceparent came from outside, in a header that happens to have its name. */
function decodeTrace(one: unknown): ReportedTrace | undefined {
  if (!isPlainObject(one)) return undefined
  const traceparent = ownOf(one, "traceparent")
  const outcome = ownOf(one, "outcome")
  const out = ownOf(one, "out")
  if (outcome !== "handled" && outcome !== "filtered" && outcome !== "failed") return undefined
  if (typeof traceparent !== "string" || !isCount(out)) return undefined
  return { traceparent: traceparentForm.test(traceparent) ? traceparent : "", outcome, out }
}

function decodeSource(value: unknown): NodeReport["source"] {
  if (!isPlainObject(value)) return undefined
  const positionJson = ownOf(value, "positionJson")
  const next = ownOf(value, "next")
  const waitMs = ownOf(value, "waitMs")
  const newest = ownOf(value, "newest")
  if (typeof positionJson !== "string" || (next !== "more" && next !== "idle" && next !== "end"))
    return undefined
  return {
    positionJson,
    next,
    waitMs: typeof waitMs === "number" && waitMs >= 0 ? Math.min(waitMs, 3_600_000) : 0,
    ...(typeof newest === "number" && Number.isSafeInteger(newest) ? { newest } : {})
  }
}

export function decodeFailure(text: string): ReportedFailure {
  const value = parseBoundedJson(text, 1_000_000)
  const fields: Fields = isPlainObject(value) ? value : {}
  const code = ownOf(fields, "code")
  const message = ownOf(fields, "message")
  const origin = ownOf(fields, "origin")
  return {
    code: isFailureCode(code) ? code : "PLUGIN_FAILED",
    tag: textOr(ownOf(fields, "tag")),
    message: typeof message === "string" ? message : "the plugin failed",
    origin: isCount(origin) ? origin : -1,
    isTransient: ownOf(fields, "transient") === true,
    at: placesIn(ownOf(fields, "stack"))
  }
}
