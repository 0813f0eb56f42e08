const usualSeconds = 1

/** How often each task of a source begins a trace, ms: `MILLRACE_TRACE_EVERY` in seconds, or `off`; every second unless it says so. */
export const traceEveryMs = (environment: { readonly [name: string]: string | undefined }): number => {
  const { MILLRACE_TRACE_EVERY: setting } = environment
  if (setting === "off" || environment["MILLRACE_OBSERVE"] === "off") return Infinity
  const seconds = Number(setting ?? usualSeconds)
  return (seconds > 0 ? seconds : usualSeconds) * 1_000
}
