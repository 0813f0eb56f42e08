import type { BundlePlace } from "./protocol/bundle-place.ts"
import type { SegmentError } from "./segment.ts"

/** Codes of {@link SegmentError} beyond those of a record's dead letter. */
export type SegmentErrorCode =
  | "PLUGIN_FAILED"
  | "RECORD_INVALID"
  | "DEADLINE_EXCEEDED"
  | "MEMORY_EXCEEDED"
  | "OUTPUT_TOO_LARGE"
  | "SANDBOX_KILLED"
  | "SANDBOX_UNAVAILABLE"
  | "BUNDLE_FAILED"
  | "STATE_TOO_LARGE"
  | "TOO_MANY_KILLS"
  | "QUARANTINED"

export function segmentError(
  code: SegmentErrorCode,
  message: string,
  more: {
    readonly node?: string
    readonly transient?: boolean
    readonly tag?: string | undefined
    readonly at?: readonly BundlePlace[]
  } = {}
): SegmentError {
  const { at = [], node, tag, transient = false } = more
  return {
    _tag: "SegmentError",
    code,
    node,
    message,
    transient,
    ...(tag === undefined ? {} : { tag }),
    ...(at.length === 0 ? {} : { at })
  }
}
