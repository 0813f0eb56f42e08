const units: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000
}

/** A length of time as a pipeline file says it: a whole number and a unit, `500ms`, `4s`, `30m`, `12h`, `7d`. */
export const durationPattern = /^(?:0|[1-9][0-9]{0,11})(?:ms|s|m|h|d)$/

/** Milliseconds of a text that fits {@link durationPattern}. */
export const durationMs = (text: string): number => {
  const amount = Number.parseInt(text, 10)
  return amount * (units[text.replace(/^[0-9]+/, "")] ?? 1)
}
