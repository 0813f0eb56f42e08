import { toJsonValue } from "@millrace/sdk/codec"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import type { BenchReport } from "./bench-report.ts"
import type { Subject } from "./subject.ts"
import type { Totals } from "./totals.ts"

/** The first record that failed, with what it holds; undefined when none did. */
export const failureOf = ({ inputs }: Subject, { firstFailure }: Totals): BenchReport["failure"] => {
  if (firstFailure === undefined) return undefined
  const { code, input, message, offset, tag } = firstFailure
  const fed = inputs.find(({ name }) => name === input)
  const [value] = fed?.supply.take(Number(offset), 1) ?? []
  return {
    code,
    ...(tag === undefined ? {} : { tag }),
    message,
    input,
    record: fed === undefined || value === undefined ? null : toJsonValue(fed.type, value)
  }
}

const mostShown = 300

/** Not one record was handled: there is nothing to measure. */
export const allFailed = (subject: Subject, totals: Totals): CommandError => {
  const failure = failureOf(subject, totals)
  const why =
    failure === undefined
      ? ""
      : `: ${failure.code}${failure.tag === undefined ? "" : ` (${failure.tag})`}: ${failure.message}, for ${JSON.stringify(failure.record).slice(0, mostShown)}`
  const asks = subject.manifest.permissions.filter(
    ({ permission }) => permission.kind !== "clock" && permission.kind !== "random"
  )
  return new CommandError({
    code: "BENCH_ALL_FAILED",
    message: `all ${totals.records} records fail${why}`,
    remedy:
      asks.length === 0
        ? "give records that it can handle: --input FILE, one JSON object a line"
        : `nothing outside is reached here (${asks.map(({ handle }) => handle).join(", ")}): measure it where it runs, or give records for which it asks nothing: --input FILE`,
    exit: exitCode.failed
  })
}
