import { writeSync } from "node:fs"
import { armFailpoint, type FailpointName, parseFailpoint } from "../telemetry/failpoint.ts"

const standardError = 2

/**
 * The failpoint that a proof arms from outside: `FAIL_AT=POINT:N` kills this process at the nth pass of a point;
 * `FAIL_TELL=POINT:N` writes to standard error, from that pass on, each point that is passed, so that another process
 * may kill this one between two of them. Without either variable nothing is armed; a text that names no point is a mistake of the proof's
 * and is told.
 */
export function armedFailpoint(environment: {
  readonly [name: string]: string | undefined
}): ((point: FailpointName) => void) | undefined {
  const { FAIL_AT: killAt, FAIL_TELL: tellFrom } = environment
  if (killAt !== undefined) return armFailpoint(readPoint(killAt), () => process.kill(process.pid, "SIGKILL"))
  if (tellFrom === undefined) return undefined
  let isTelling = false
  const begin = armFailpoint(readPoint(tellFrom), () => (isTelling = true))
  return (point) => {
    begin(point)
    // Written at once: what is told late would be told by a process that is dead.
    if (isTelling) writeSync(standardError, `failpoint ${point}\n`)
  }
}

function readPoint(text: string): { readonly point: FailpointName; readonly pass: number } {
  const armed = parseFailpoint(text)
  if (armed === undefined) throw new RangeError(`${JSON.stringify(text)} names no failpoint: POINT:N`)
  return armed
}
