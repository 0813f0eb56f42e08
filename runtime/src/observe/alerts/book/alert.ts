import { createHash } from "node:crypto"
import { labelsKey } from "../../../telemetry/history/family.ts"
import type { Labels } from "../../../telemetry/metric/definition.ts"
import type { RuleInForce } from "../../rules/rules-in-force.ts"

/** A rule whose condition holds now, for one set of labels. */
export interface FoundAlert {
  readonly force: RuleInForce
  readonly labels: Labels
  readonly value: number
}

/** An alert with its life so far; times are ms since 1970. */
export interface Alert extends FoundAlert {
  /** Stable for the same rule and labels. */
  readonly id: string
  readonly state: "pending" | "firing" | "resolved"
  /** When its condition began to hold. */
  readonly since: number
  readonly firedAt?: number
  readonly resolvedAt?: number
}

/** The same for the same rule and labels, over restarts. */
export const alertId = (rule: string, labels: Labels): string =>
  `${rule}-${createHash("sha256").update(labelsKey(labels)).digest("hex").slice(0, 12)}`
