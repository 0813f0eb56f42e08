import * as Effect from "effect/Effect"
import { type AlertTimes, alertTimes, scaleFrom } from "../../observe/rules/scale.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

/** The times of alerts: those of use, or shorter by `MILLRACE_ALERT_SCALE`. Fails with a `CommandError` for what is no scale. */
export const timesOfAlerts = (environment: {
  readonly [name: string]: string | undefined
}): Effect.Effect<AlertTimes, CommandError> => {
  const { MILLRACE_ALERT_SCALE: setting } = environment
  const scale = setting === undefined ? 1 : scaleFrom(setting)
  if (scale !== undefined) return Effect.succeed(alertTimes(scale))
  return Effect.fail(
    new CommandError({
      code: "ALERT_SCALE_INVALID",
      message: `${JSON.stringify(setting)} does not say by how much the times of alerts are shorter`,
      where: "MILLRACE_ALERT_SCALE",
      remedy: "give a number from 0.001 to 1, or unset it",
      exit: exitCode.usage
    })
  )
}
