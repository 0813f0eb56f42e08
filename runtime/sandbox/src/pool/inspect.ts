import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import { sanitizeText } from "../driver/host-errors.ts"
import { decodeFailure } from "../driver/report.ts"
import type { SegmentError } from "../segment.ts"
import { segmentError } from "../segment-error.ts"
import type { PoolSettings } from "./pool-options.ts"
import type { ProcessSlot } from "./process-slot.ts"
import type { ChildEnded } from "./sandbox-child.ts"

export interface Inspection {
  readonly bundle: string
  readonly plugin: string
  readonly requestJson: string
  readonly isDerive: boolean
}

/** Name of the domain in which a bundle is inspected: its own, for what another bundle broke must not speak for it. */
export function inspectionDomain(bundle: string): string {
  return `inspect:${createHash("sha256").update(bundle).digest("hex").slice(0, 16)}`
}

/** Evaluates a bundle in a fresh realm without capabilities and answers its text. */
export function inspectBundle(
  slot: ProcessSlot,
  inspection: Inspection,
  settings: PoolSettings
): Effect.Effect<string, SegmentError> {
  const { deadlineMs, memoryMiB } = settings.inspection
  const { bundle, plugin, requestJson, isDerive } = inspection
  return Effect.gen(function* () {
    slot.allowMemory(memoryMiB)
    const child = yield* slot.ensure
    const question = {
      ask: "inspect",
      memoryMiB,
      timeoutMs: deadlineMs,
      plugin,
      requestJson,
      isDerive
    } as const
    const { answer } = yield* slot.ask(child, question, [Buffer.from(bundle, "utf8")], deadlineMs)
    if (answer.is === "text") return answer.text
    if (answer.is === "stopped")
      return yield* Effect.fail(
        segmentError(codeOf(answer.reason), `the bundle was stopped: ${sanitizeText(answer.message)}`)
      )
    const { at, message } =
      answer.is === "failed" ? decodeFailure(answer.failure) : { at: [], message: "no answer" }
    return yield* Effect.fail(
      segmentError("BUNDLE_FAILED", `the bundle fails when it is read: ${sanitizeText(message)}`, { at })
    )
  }).pipe(
    Effect.catchTag("ChildEnded", (ended: ChildEnded) =>
      Effect.fail(
        segmentError(codeOf(ended.reason), `reading the bundle killed its sandbox (${ended.reason})`)
      )
    )
  )
}

function codeOf(reason: string): "DEADLINE_EXCEEDED" | "MEMORY_EXCEEDED" | "SANDBOX_KILLED" {
  return reason === "deadline"
    ? "DEADLINE_EXCEEDED"
    : reason === "memory"
      ? "MEMORY_EXCEEDED"
      : "SANDBOX_KILLED"
}
