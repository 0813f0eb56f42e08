import * as Cause from "effect/Cause"
import type { BundlePlace, SegmentError } from "@millrace/sandbox"
import { TransportError } from "../../transport/transport.ts"

/** Why a task cannot go on. `transient`: it is tried again after a backoff. */
export interface TaskFailure {
  readonly _tag: "TaskFailure"
  /** Stable: a SegmentError's code, `TRANSPORT_` and a TransportError's reason, or the worker's own. */
  readonly code: string
  readonly node: string | undefined
  readonly message: string
  readonly transient: boolean
  /** Where in its bundle the plugin's error was made, innermost first. */
  readonly at?: readonly BundlePlace[]
}

export function taskFailure(code: string, message: string, node?: string): TaskFailure {
  return { _tag: "TaskFailure", code, node, message, transient: false }
}

export function fromSegment(error: SegmentError): TaskFailure {
  const { at, code, node, message, transient } = error
  return { _tag: "TaskFailure", code, node, message, transient, ...(at === undefined ? {} : { at }) }
}

const transportCodes = {
  diskFull: "TRANSPORT_DISK_FULL",
  unavailable: "TRANSPORT_UNAVAILABLE",
  unauthorized: "TRANSPORT_UNAUTHORIZED",
  topicGone: "TRANSPORT_TOPIC_GONE",
  topicReset: "TRANSPORT_TOPIC_RESET",
  tooLarge: "TRANSPORT_TOO_LARGE",
  fenced: "TRANSPORT_FENCED",
  superseded: "TRANSPORT_SUPERSEDED",
  corrupt: "TRANSPORT_CORRUPT",
  locked: "TRANSPORT_LOCKED",
  taken: "TRANSPORT_TAKEN",
  registryChanged: "TRANSPORT_REGISTRY_CHANGED",
  unknownTopic: "TRANSPORT_UNKNOWN_TOPIC",
  partitionCount: "TRANSPORT_PARTITION_COUNT",
  keyless: "TRANSPORT_KEYLESS",
  unsupported: "TRANSPORT_UNSUPPORTED",
  formatVersion: "TRANSPORT_FORMAT_VERSION"
} as const

/** What another program may mend at any time, without a word to us. */
const passing: ReadonlySet<TransportError["reason"]> = new Set([
  "diskFull",
  "unavailable",
  "unauthorized",
  "topicGone",
  "tooLarge"
])

export function fromTransport(error: TransportError): TaskFailure {
  return {
    _tag: "TaskFailure",
    code: transportCodes[error.reason],
    node: undefined,
    message: error.message,
    transient: passing.has(error.reason)
  }
}

/** The failure in a cause; a defect is `INTERNAL`, but for a transport's error that had no other way out. */
export function fromCause(cause: Cause.Cause<TaskFailure>): TaskFailure {
  for (const reason of cause.reasons) {
    if (Cause.isFailReason(reason)) return reason.error
    if (Cause.isDieReason(reason) && reason.defect instanceof TransportError)
      return fromTransport(reason.defect)
  }
  return taskFailure("INTERNAL", Cause.pretty(cause))
}
