/** What was measured of a record, microseconds of CPU. */
export interface RecordCosts {
  /** Of the whole: this process and the sandbox's, from a frame in memory to a durable commit. */
  readonly total: number
  /** Of the guest's code: the harness's loop, codecs and body. */
  readonly guest: number
  /** Of the guest's code when bodies answer from memory; undefined where that could not be measured. */
  readonly guestWithoutBody: number | undefined
  /** Of the generated codecs alone, in this process; undefined where that could not be measured. */
  readonly codec: number | undefined
  /** Of this process, until the sandbox has answered, with the plugin and with bodies that answer from memory. */
  readonly call: number
  readonly callWithoutBody: number | undefined
  /** Of this process in all. */
  readonly platform: number
}

/** Where the time of a record goes, microseconds of CPU. They add up to the whole. */
export interface Parts {
  /** The generated code that reads values and writes results. */
  readonly codec: number
  /** The plugin's own code, and the state that it asks for and sets. */
  readonly body: number
  /** From one process into the other and back: frames, copies, checks, control. */
  readonly hop: number
  /** Outputs, state and position made durable; state read from the log. */
  readonly commit: number
}

/**
 * Takes a record's cost apart. The guest's time without its body is measured by itself, and so is the codecs'; a part that comes
 * out larger than what it is a part of is cut to that, for each was measured in another run. What is left of the guest's time and of
 * the sandbox process's is the hop.
 */
export const partsOf = (costs: RecordCosts): Parts => {
  const { call, callWithoutBody, guest, guestWithoutBody, platform, total } = costs
  const whole = Math.max(total, 0)
  const inGuest = between(0, guest, whole)
  const rest = guestWithoutBody === undefined ? (costs.codec ?? 0) : guestWithoutBody
  const body = between(0, inGuest - rest, inGuest)
  const codec = between(0, costs.codec ?? 0, inGuest - body)
  // While the sandbox works, this process folds state that was committed before: without state there is nothing to fold.
  const hopHere = Math.min(call, callWithoutBody ?? call)
  const commit = between(0, platform - hopHere, whole - inGuest)
  return { codec, body, commit, hop: whole - body - codec - commit }
}

const between = (least: number, value: number, most: number): number => Math.min(Math.max(least, value), most)

/** Each part as a share of the whole; they add up to 1. */
export const sharesOf = (parts: Parts): Parts => {
  const whole = parts.codec + parts.body + parts.hop + parts.commit
  if (whole === 0) return { codec: 0, body: 0, hop: 1, commit: 0 }
  return {
    codec: parts.codec / whole,
    body: parts.body / whole,
    hop: parts.hop / whole,
    commit: parts.commit / whole
  }
}
