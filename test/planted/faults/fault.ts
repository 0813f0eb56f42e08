import type { ReceiverName } from "../stage/stage.ts"
import type { Refusal } from "../world/receiver.ts"
import type { ClockOff, Rush } from "../world/scan-feed.ts"
import type { PackageName } from "./release.ts"

export const faultKinds = [
  "slow-plugin",
  "skewed-key",
  "dropped-field",
  "refusing-sink",
  "clock-skew"
] as const
export type FaultKind = (typeof faultKinds)[number]

/** A processor of the new release takes so much CPU for each record. */
export interface SlowPlugin {
  readonly kind: "slow-plugin"
  readonly node: string
  readonly milliseconds: number
}

/** One depot has most of the scans. */
export interface SkewedKey extends Rush {
  readonly kind: "skewed-key"
}

/** A processor of the new release fills a field for few records. */
export interface DroppedField {
  readonly kind: "dropped-field"
  readonly package: PackageName
  readonly node: string
  readonly field: string
  /** Of a thousand records, so many still have it. */
  readonly filled: number
}

/** A receiver refuses what a sink sends. */
export interface RefusingSink {
  readonly kind: "refusing-sink"
  readonly receiver: ReceiverName
  readonly refusal: Refusal
}

/** Clocks of handhelds are off. */
export interface ClockSkew extends ClockOff {
  readonly kind: "clock-skew"
}

export type Fault = SlowPlugin | SkewedKey | DroppedField | RefusingSink | ClockSkew
