import { type DedupeOptions } from "./dedupe.ts"

/** True when a record of this timestamp is the same as one that passed. `passed`: timestamps of the key's. */
export const isRepeated = (
  timestamp: number,
  passed: readonly number[],
  { within }: DedupeOptions
): boolean => passed.some((other) => Math.abs(timestamp - other) < within)

/** Those that a record may still equal when none below `time` will come. */
export const stillKnown = (
  time: number,
  passed: readonly number[],
  { within, lateness }: DedupeOptions
): readonly number[] => passed.filter((other) => other + within + lateness > time)

/** When {@link stillKnown} forgets it; `Infinity`: never. */
export const forgottenAt = (timestamp: number, { within, lateness }: DedupeOptions): number =>
  timestamp + within + lateness
