import { labelsKey } from "../../telemetry/history/family.ts"
import type { History } from "../../telemetry/history/history.ts"
import type { Labels } from "../../telemetry/metric/definition.ts"
import { evaluateRange } from "../../telemetry/query/evaluate.ts"
import { allRules } from "./all-rules.ts"
import type { Rule } from "./rule.ts"
import { defaultThreshold } from "./rules-in-force.ts"
import { type AlertTimes, scaledSeconds, scaledWindow } from "./scale.ts"

/** Hours that the usual is taken of, at most what the history holds. */
const pastSeconds = 4 * 3_600
const steps = 240
/** What is happening now is not what is usual. */
const recentSeconds = 600
/** Steps with a value at least, before anything is called usual. */
const enough = 30
const usualShare = 0.99

/** Thresholds by rule and labels, from what was usual in the last hours before `now`, ms since 1970. */
export const observedThresholds = (
  history: History,
  times: AlertTimes,
  now: number
): ReadonlyMap<string, number> => {
  const window = (seconds: number) => scaledWindow(times, seconds)
  const past = scaledSeconds(times, pastSeconds) * 1_000
  const grid = { end: now - scaledSeconds(times, recentSeconds) * 1_000, stepMs: past / steps, steps }
  return new Map(
    allRules.flatMap((rule) => {
      const { observed } = rule
      if (observed === undefined) return []
      const least = defaultThreshold(rule, times)
      const most = defaultThreshold({ ...rule, threshold: observed.most }, times)
      const [{ query }] = rule.condition({ threshold: least, window }).all
      return evaluateRange(query, history, grid).flatMap(({ labels, values }) => {
        const usual = quantileOf(values)
        if (usual === undefined) return []
        return [
          [thresholdKey(rule, labels), Math.min(most, Math.max(least, usual * observed.factor))] as const
        ]
      })
    })
  )
}

/** Key of a threshold in {@link observedThresholds}. */
export const thresholdKey = ({ name }: Rule, labels: Labels): string => `${name} ${labelsKey(labels)}`

const quantileOf = (values: Float64Array): number | undefined => {
  const present = values.filter(Number.isFinite).toSorted()
  return present.length < enough ? undefined : present[Math.floor((present.length - 1) * usualShare)]
}
