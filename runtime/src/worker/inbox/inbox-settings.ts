import { durationMs, durationPattern } from "@millrace/sdk/manifest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { NodePlan, PhysicalPlan } from "../../plan/physical.ts"

const DurationText = Schema.String.check(Schema.isPattern(durationPattern))

/** What a listening node's config says of its address: `inboxConfig` of the SDK, as the pipeline file has it. */
const InboxConfig = Schema.Struct({
  eventId: Schema.String,
  eventTime: Schema.optionalKey(Schema.String),
  retention: Schema.optionalKey(DurationText),
  maxAhead: Schema.optionalKey(DurationText),
  backlog: Schema.optionalKey(Schema.Int)
})

export interface InboxSettings {
  readonly pipeline: string
  readonly node: string
  /** SHA-256 of the text of the node's contract. */
  readonly schemaHash: Uint8Array
  readonly eventId: string
  readonly eventTime: string | undefined
  /** How long an id is known. */
  readonly retentionMs: number
  /** How far an event time may be ahead of the clock. */
  readonly maxAheadMs: number
  /** Events that may wait to be read. */
  readonly backlog: number
  /** Sites whose pages may send; granted. */
  readonly origins: readonly string[]
}

const day = 86_400_000

/** The internal topic of a listening node. Its tasks in the log are named by {@link inboxNode}. */
export const inboxTopic = (pipeline: string, node: string): string => `${pipeline}.inbox.${node}`

/** Owner of an inbox's ids and place in the log; goes with its node. */
export const inboxNode = (node: string): string => `${node}.inbox`

/** Under it the inbox's checkpoint keeps the place up to which its source had committed, as an offset; it may lag behind. */
export const readPosition = "read"

/** The nodes of a plan that listen, by what was granted. */
export function listeningNodes(plan: PhysicalPlan): readonly InboxSettings[] {
  return plan.chains
    .flatMap(({ segments }) => segments.flatMap(({ nodes }) => nodes))
    .flatMap((node) => settingsOf(plan.pipeline, node) ?? [])
}

function settingsOf(pipeline: string, { permissions, spec }: NodePlan): InboxSettings | undefined {
  const granted = permissions.find(({ permission }) => permission.kind === "listen")?.permission
  const [output] = spec.outputs
  if (granted?.kind !== "listen" || output === undefined) return undefined
  const read = Schema.decodeUnknownResult(Schema.fromJsonString(InboxConfig))(spec.configJson)
  if (Result.isFailure(read)) return undefined
  const { backlog = 1_000_000, eventId, eventTime, maxAhead, retention } = read.success
  return {
    pipeline,
    node: spec.node,
    schemaHash: output.schemaHash,
    eventId,
    eventTime,
    retentionMs: retention === undefined ? day : durationMs(retention),
    maxAheadMs: maxAhead === undefined ? day / 24 : durationMs(maxAhead),
    backlog: Math.max(1, backlog),
    origins: Array.isArray(granted.origins) ? granted.origins : []
  }
}
