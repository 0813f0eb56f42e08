/**
 * How much shorter than in use all times of alerts are: `for`, windows, thresholds in seconds, the interval of the history and the
 * waits of notifications. 1 but for tests, which set MILLRACE_ALERT_SCALE.
 */
export interface AlertTimes {
  readonly scale: number
  /** Milliseconds between samples, and between evaluations. */
  readonly intervalMs: number
}

const intervalMs = 5_000
const leastIntervalMs = 100
/** Samples in a window at least, or its growth is a guess. */
const samplesInWindow = 6

export const alertTimes = (scale: number): AlertTimes => ({
  scale,
  intervalMs: Math.max(leastIntervalMs, intervalMs * scale)
})

/** The scale that a setting asks for: a number from 0.001 to 1; undefined for anything else. */
export const scaleFrom = (setting: string): number | undefined => {
  const scale = Number(setting)
  return setting.trim() !== "" && scale >= 0.001 && scale <= 1 ? scale : undefined
}

/** A length of time of a rule or a wait, scaled. */
export const scaledSeconds = ({ scale }: AlertTimes, seconds: number): number => seconds * scale

/** A window, scaled, and as long as some samples. */
export const scaledWindow = (times: AlertTimes, seconds: number): number =>
  Math.max(scaledSeconds(times, seconds), (samplesInWindow * times.intervalMs) / 1_000)
