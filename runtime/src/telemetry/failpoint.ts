import * as Context from "effect/Context"

/** Places where a proof kills the process: each is a step between two durable states. */
export const failpoints = [
  "first-start",
  "publish",
  "mid-apply",
  "after-fetch",
  "mid-batch",
  "after-reply",
  "before-commit",
  "after-commit",
  "while-folding",
  "while-compacting",
  "on-shutdown"
] as const
export type FailpointName = (typeof failpoints)[number]

/** Called when the program passes a failpoint. Does nothing unless main armed one. */
export const Failpoint = Context.Reference<(point: FailpointName) => void>("millrace/telemetry/Failpoint", {
  defaultValue: () => () => {}
})

/** Reads `POINT:N`: the point, and at which of its passes. Undefined when the text is none. */
export function parseFailpoint(
  text: string
): { readonly point: FailpointName; readonly pass: number } | undefined {
  const [name, pass = "1", ...rest] = text.split(":")
  const point = failpoints.find((known) => known === name)
  if (point === undefined || rest.length > 0 || !/^[1-9]\d{0,8}$/.test(pass)) return undefined
  return { point, pass: Number(pass) }
}

/** Calls `kill` at the nth pass of one point. */
export function armFailpoint(
  armed: { readonly point: FailpointName; readonly pass: number },
  kill: () => void
): (point: FailpointName) => void {
  let passes = 0
  return (point) => {
    if (point !== armed.point) return
    passes += 1
    if (passes === armed.pass) kill()
  }
}
