import { TypeErrorOf } from "../realm/primordials.ts"

export type TimerFaultCode = "TIMER_TIME_INVALID" | "TIMER_TAG_INVALID" | "TIMER_TAG_TOO_LONG"

/** A call of `timers` that cannot be done; thrown where the body makes it, so that its stack names the line. */
export class TimerFault extends TypeErrorOf {
  readonly _tag = "TimerError"
  readonly code: TimerFaultCode

  /** `call`: as the body writes it. */
  constructor(code: TimerFaultCode, call: string, problem: string) {
    super(code + ": " + call + ": " + problem)
    this.code = code
  }
}
